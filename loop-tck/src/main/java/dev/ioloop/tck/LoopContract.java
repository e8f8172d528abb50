package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.FailOnUnexpectedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Shared by all contracts: a fresh loop per test, a list of events, a time limit of thirty seconds,
 * and no unexpected log output.
 *
 * <p>Tests run on a thread of their own, because an interrupt does not end a loop. A test with a
 * lost wake-up therefore fails instead of hanging the build.
 */
@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
@ExtendWith(FailOnUnexpectedLog.class)
@Needs(Capability.ORDER)
public abstract class LoopContract {

  /** The loop under test. */
  protected IOLoop loop;

  /** What happened, in order. */
  protected final List<Object> events = Collections.synchronizedList(new ArrayList<>());

  /** The backend under test; null where the contract is run by itself. */
  private @Nullable BackendContracts backend;

  /** Made by subclasses. */
  protected LoopContract() {}

  /** Called before each test that runs as one of a backend's. */
  final void use(BackendContracts backend) {
    this.backend = backend;
  }

  /**
   * Returns a new loop of the backend under test. A contract that is run by itself, outside of
   * {@link BackendContracts}, must override this.
   */
  protected IOLoop newLoop() {
    if (backend == null) {
      throw new IllegalStateException(
          getClass().getName() + " runs outside of BackendContracts: override newLoop()");
    }
    return backend.newLoop();
  }

  /** Skips the present test, with the reason, on a backend that lacks {@code capability}. */
  final void assumeCan(Capability capability) {
    if (backend != null) {
      backend.assumeCan(capability);
    }
  }

  /** Lets a moment pass on the clock of the loop that was made last, while nothing runs. */
  protected void passTime() {
    if (backend == null) {
      Thread.onSpinWait();
    } else {
      backend.passTime();
    }
  }

  @BeforeEach
  void openLoop() {
    loop = newLoop();
  }

  @AfterEach
  void closeLoop() throws InterruptedException {
    // Only a test that failed by its time limit leaves the loop running.
    for (int i = 0; loop.running() && i < 100; i++) {
      loop.stop();
      Thread.sleep(10);
    }
    loop.close();
    IOLoop.clearCurrent();
  }

  /** Returns a callback that records {@code event}. */
  protected final Runnable record(Object event) {
    return () -> events.add(event);
  }

  /** Returns a callback that records {@code event}, and ends the loop if it is the {@code n}th. */
  protected final Runnable recordAndStopAt(int n, Object event) {
    return () -> {
      events.add(event);
      if (events.size() == n) {
        loop.stop();
      }
    };
  }

  /**
   * Runs the loop until all callbacks that were added so far have run, and the turn they ran in.
   */
  protected final void runOneTurn() {
    loop.addCallback(loop::stop);
    loop.start();
  }

  /** Runs the loop until {@code length} has passed on its clock. */
  protected final void runFor(Duration length) {
    loop.callLater(length, loop::stop);
    loop.start();
  }

  /**
   * Runs {@code body} on a thread of its own to its end, and returns what it returned or throws.
   */
  protected static <T> T onOtherThread(Callable<T> body) throws Exception {
    return OtherThread.start(body).join();
  }
}
