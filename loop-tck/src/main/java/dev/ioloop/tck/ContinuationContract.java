package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Properties of coroutines on the JDK's continuations only, and the cases that users are warned
 * about. A new JDK that behaves otherwise fails here.
 */
public abstract class ContinuationContract extends LoopContract {

  /** Made by subclasses. */
  protected ContinuationContract() {}

  @BeforeEach
  void chooseContinuations() {
    new OnEachGenerator.Make("continuation").choose();
  }

  @AfterEach
  void chooseTheDefault() {
    Gen.configure(null);
  }

  /** Awaits below a native frame, in code that the virtual machine calls. */
  static final class AwaitInInitializer {
    static {
      await(sleep(Duration.ofNanos(1)));
    }

    private AwaitInInitializer() {}
  }

  /** Initializes a new copy of {@link AwaitInInitializer}. */
  private static void awaitInInitializer() throws Exception {
    String name = AwaitInInitializer.class.getName();
    String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
    try (InputStream in = ContinuationContract.class.getResourceAsStream(file)) {
      MethodHandles.lookup().defineHiddenClass(in.readAllBytes(), true);
    }
  }

  @Test
  void awaitBelowANativeFrameIsRefusedWithTheReasonAndTheLoopGoesOn() {
    loop.runSync(
        () -> {
          assertThatThrownBy(ContinuationContract::awaitInInitializer)
              .isInstanceOf(ExceptionInInitializerError.class)
              .cause()
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("native frame");
          await(sleep(Duration.ofMillis(1)));
          events.add("goes on");
        });
    loop.addCallback(record("the loop too"));
    runOneTurn();
    assertThat(events).containsExactly("goes on", "the loop too");
  }

  @Test
  void awaitInSynchronizedIsRefusedBeforeJdk24() {
    Assumptions.assumeTrue(
        Runtime.version().feature() < 24, "JDK 24 and newer suspend inside synchronized");
    Object monitor = new Object();
    loop.runSync(
        () -> {
          synchronized (monitor) {
            assertThatThrownBy(() -> await(sleep(Duration.ofMillis(1))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("synchronized")
                .hasMessageContaining("dev.ioloop.locks");
          }
          await(sleep(Duration.ofMillis(1)));
          events.add("goes on");
        });
    assertThat(events).containsExactly("goes on");
  }

  // The warning of the guide: the next coroutine that enters would block the loop for good.
  @Test
  void awaitInSynchronizedKeepsTheMonitorFromJdk24On() {
    Assumptions.assumeTrue(
        Runtime.version().feature() >= 24, "before JDK 24 an await inside synchronized is refused");
    Object monitor = new Object();
    loop.runSync(
        () -> {
          Future<Void> gate = new Future<>();
          Future<Void> holder =
              coroutine(
                  () -> {
                    synchronized (monitor) {
                      await(gate);
                    }
                    events.add("left");
                  });
          OtherThread<Void> other =
              OtherThread.run(
                  () -> {
                    synchronized (monitor) {
                      events.add("entered");
                    }
                  });
          while (other.thread().getState() != Thread.State.BLOCKED) {
            await(moment);
          }
          events.add("blocked");
          gate.setResult(null);
          await(holder);
          other.join();
        });
    assertThat(events).startsWith("blocked").contains("left", "entered");
  }

  // The warning of the guide: a JDK lock does not keep coroutines out.
  @Test
  void reentrantLockDoesNotExcludeASecondCoroutine() {
    ReentrantLock lock = new ReentrantLock();
    loop.runSync(
        () -> {
          Future<Void> gate = new Future<>();
          Future<Void> holder =
              coroutine(
                  () -> {
                    lock.lock();
                    await(gate);
                    lock.unlock();
                  });
          lock.lock();
          events.add(lock.getHoldCount());
          lock.unlock();
          gate.setResult(null);
          await(holder);
        });
    assertThat(events).containsExactly(2);
  }

  @Test
  void threadLocalsAreThoseOfTheLoopsThread() {
    ThreadLocal<String> local = new ThreadLocal<>();
    local.set("set before");
    loop.runSync(
        () -> {
          events.add(local.get());
          local.set("set in a coroutine");
          await(moment);
          events.add(await(coroutine(local::get)));
        });
    events.add(local.get());
    local.remove();
    assertThat(events).containsExactly("set before", "set in a coroutine", "set in a coroutine");
  }

  @Test
  void bodyRunsOnTheLoopsThread() {
    Thread me = Thread.currentThread();
    loop.runSync(
        () -> {
          events.add(Thread.currentThread() == me);
          await(sleep(Duration.ofMillis(1)));
          events.add(Thread.currentThread() == me);
        });
    assertThat(events).containsExactly(true, true);
  }
}
