package dev.ioloop;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One call of {@link IOLoop#runMain}. */
final class RunMain {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");

  /** How long a body that was cancelled by a signal may take to unwind. */
  private static final long UNWIND_LIMIT_SECONDS = 10;

  /** The offset that shells add to a signal number to get the exit code. */
  private static final int EXIT_CODE_OF_SIGNALS = 128;

  private final IOLoop loop;
  private final Callable<@Nullable Void> body;

  /** The number of the first signal received; zero before. */
  private final AtomicInteger received = new AtomicInteger();

  private final CountDownLatch unwound = new CountDownLatch(1);

  /** The body's future. Used on the loop's thread only. */
  private @Nullable Future<@Nullable Void> coroutine;

  RunMain(IOLoop loop, Action body) {
    this.loop = loop;
    this.body = Bodies.of(body);
  }

  void run() {
    try (Signals signals = Signals.handle(this::signalled)) {
      loop.runSync(this::runBody);
    } catch (Throwable e) {
      if (received.get() == 0) {
        throw e;
      }
      if (!(e instanceof CancellationException)) {
        LOG.log(System.Logger.Level.ERROR, "The main body failed when a signal ended it", e);
      }
    } finally {
      unwound.countDown();
    }
    if (received.get() != 0) {
      Runtime.getRuntime().exit(EXIT_CODE_OF_SIGNALS + received.get());
    }
  }

  private void runBody() {
    coroutine = Gen.coroutine(body);
    if (received.get() != 0) {
      coroutine.cancel(true);
    }
    Gen.await(coroutine);
  }

  private void cancel() {
    if (coroutine != null) {
      coroutine.cancel(true);
    }
  }

  /** Called by the JVM for each signal, on a separate thread. */
  private void signalled(int number) {
    if (!received.compareAndSet(0, number)) {
      Runtime.getRuntime().halt(EXIT_CODE_OF_SIGNALS + number);
    }
    loop.addCallback(this::cancel);
    try {
      if (unwound.await(UNWIND_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(EXIT_CODE_OF_SIGNALS + number);
  }
}
