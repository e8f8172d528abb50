package dev.ioloop;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The timeout behind {@link Gen#sleep}, which goes when the sleep is cancelled. */
final class Sleep implements Runnable {
  private final IOLoop loop;
  private final OwnedFuture<@Nullable Void> future = new OwnedFuture<>(this::cancel);
  private @Nullable Timeout timeout;

  private Sleep(IOLoop loop) {
    this.loop = loop;
  }

  static Future<@Nullable Void> start(IOLoop loop, Duration delay) {
    Sleep sleep = new Sleep(loop);
    sleep.timeout = loop.callLater(delay, sleep);
    return sleep.future;
  }

  @Override
  public void run() {
    future.complete(null);
  }

  private void cancel() {
    if (loop.isInLoop()) {
      loop.removeTimeout(timeout);
    }
  }
}
