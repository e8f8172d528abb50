package dev.ioloop;

import dev.ioloop.diagnostics.Described;
import dev.ioloop.iteration.Withdrawal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The timeout of {@link Gen#sleep}. It is cancelled if somebody else ends the sleep. */
final class Sleep implements Runnable {
  private final IOLoop loop;
  private final OwnedFuture<@Nullable Void> future = new OwnedFuture<>(new Cancel());
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
    future.settle(null, null);
  }

  private void withdraw() {
    if (!loop.isInLoop()) {
      loop.post(this::withdraw);
    } else if (timeout != null) {
      loop.removeTimeout(timeout);
    }
  }

  /** Runs, on any thread, when somebody else ends the sleep. */
  private final class Cancel implements Withdrawal, Described {
    @Override
    public void run() {
      Sleep.this.withdraw();
    }

    @Override
    public String toString() {
      long left = timeout == null ? 0 : timeout.deadline() - loop.time();
      return "sleeps for " + WaitTree.rest(left) + " more";
    }
  }
}
