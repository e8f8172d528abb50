package dev.ioloop.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Action;
import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.Timeout;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Which methods foreign threads may call, that no wake-up is lost, and which loop is current. */
@Needs({Capability.CHANNELS, Capability.REAL_TIME, Capability.ORDER})
public abstract class ThreadContract extends ChannelContract {

  /** Made by subclasses. */
  protected ThreadContract() {}

  /** Runs {@code body} on another thread while the loop runs on this one. */
  private void whileTheLoopRuns(OtherThread.Body body) throws Exception {
    OtherThread<Void> other =
        OtherThread.run(
            () -> {
              while (!loop.running()) {
                Thread.onSpinWait();
              }
              try {
                body.run();
              } finally {
                loop.stop();
              }
            });
    loop.start();
    other.join();
  }

  @Test
  void foreignThreadIsRefusedWithTheWayOut() throws Exception {
    Pipe watched = openPipe();
    Pipe unwatched = openPipe();
    loop.addHandler(watched.source(), events::add, IOLoop.READ);
    Timeout timeout = loop.callLater(Duration.ofHours(1), record("never"));
    Future<String> done = new Future<>();
    done.setResult("result");
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
    calls.put("callLater", () -> loop.callLater(Duration.ZERO, record("never")));
    calls.put("callAt", () -> loop.callAt(0, record("never")));
    calls.put("removeTimeout", () -> loop.removeTimeout(timeout));
    calls.put("addFuture", () -> loop.addFuture(done, future -> events.add("never")));
    calls.put("addHandler", () -> loop.addHandler(unwatched.source(), events::add, IOLoop.READ));
    calls.put("updateHandler", () -> loop.updateHandler(watched.source(), IOLoop.NONE));
    calls.put("removeHandler", () -> loop.removeHandler(watched.source()));
    calls.put("runInExecutor", () -> loop.runInExecutor(() -> events.add("never")));
    ThrowingCallable check =
        () ->
            calls.forEach(
                (name, call) ->
                    assertThatThrownBy(call)
                        .as(name)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("addCallback"));
    whileTheLoopRuns(() -> call(check));
    OtherThread.run(() -> call(check)).join();
    assertThat(timeout.cancelled()).isFalse();
    assertThat(events).isEmpty();
  }

  private static void call(ThrowingCallable check) {
    try {
      check.call();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void foreignThreadMayPostAskAndConfigure() throws Exception {
    whileTheLoopRuns(
        () -> {
          loop.addCallback(record("addCallback"));
          loop.addCallbackFromSignal(record("addCallbackFromSignal"));
          loop.execute(record("execute"));
          loop.spawnCallback(() -> events.add("spawnCallback"));
          events.add(loop.running());
          assertThat(loop.time() - System.nanoTime()).isLessThan(1_000_000_000);
          assertThat(loop.backend()).isNotEmpty();
          loop.setDefaultExecutor(Runnable::run);
          loop.setExceptionHandler((source, failure) -> events.add(failure));
        });
    assertThat(events)
        .containsExactlyInAnyOrder(
            "addCallback", "addCallbackFromSignal", "execute", "spawnCallback", true);
  }

  @Test
  void runningLoopCannotBeClosedOrStartedByAnotherThread() throws Exception {
    whileTheLoopRuns(
        () -> {
          assertThatThrownBy(loop::close)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("stop");
          assertThatThrownBy(loop::start)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("running");
          assertThatThrownBy(loop::makeCurrent)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("addCallback");
          events.add("refused");
        });
    assertThat(events).containsExactly("refused");
  }

  // The loop blocks after each callback, so each post races with its falling asleep.
  @Test
  void noWakeUpIsLost() throws Exception {
    stress(10_000, 1, false);
  }

  @Test
  void noWakeUpIsLostBetweenTwoPosters() throws Exception {
    stress(5_000, 2, false);
  }

  // Here the loop blocks with a limit, and wakes for timeouts of its own too.
  @Test
  void noWakeUpIsLostBetweenTimeouts() throws Exception {
    stress(5_000, 1, true);
  }

  private void stress(int rounds, int threads, boolean timeouts) throws Exception {
    if (timeouts) {
      Duration interval = Duration.ofNanos(20_000);
      loop.callLater(
          interval,
          new Runnable() {
            @Override
            public void run() {
              loop.callLater(interval, this);
            }
          });
    }
    whileTheLoopRuns(
        () -> {
          List<OtherThread<Void>> posters = new ArrayList<>();
          for (int i = 0; i < threads; i++) {
            posters.add(OtherThread.run(() -> post(rounds)));
          }
          for (OtherThread<Void> poster : posters) {
            poster.join();
          }
        });
  }

  /**
   * Posts callbacks one after the other, each shortly after the one before has run: about when the
   * loop falls asleep.
   */
  private void post(int rounds) {
    AtomicInteger ran = new AtomicInteger();
    long end = System.nanoTime() + 800_000_000; // Reached only on a busy machine.
    for (int i = 1; i <= rounds && System.nanoTime() - end < 0; i++) {
      loop.addCallback(ran::incrementAndGet);
      long start = System.nanoTime();
      while (ran.get() < i) {
        Thread.onSpinWait();
        assertThat(System.nanoTime() - start < 2_000_000_000L).as("callback %s ran", i).isTrue();
      }
      int pause = ThreadLocalRandom.current().nextInt(100);
      for (int n = 0; n < pause; n++) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void threadWithoutALoopHasTheMainLoopAsItsCurrentOne() throws Exception {
    List<IOLoop> found =
        onOtherThread(() -> List.of(IOLoop.current(), IOLoop.current(true), IOLoop.instance()));
    IOLoop main = IOLoop.instance();
    assertThat(found).containsExactly(main, main, main);
    assertThat(onOtherThread(() -> IOLoop.current(false) == null)).isTrue();
    main.close();
    try (IOLoop another = IOLoop.instance()) {
      assertThat(another).isNotSameAs(main);
    }
  }

  @Test
  void currentLoopIsTheThreadsOwn() throws Exception {
    assertThat(IOLoop.current(false)).isNull();
    loop.makeCurrent();
    assertThat(IOLoop.current()).isSameAs(loop);
    assertThat(IOLoop.current(false)).isSameAs(loop);
    assertThat(onOtherThread(() -> IOLoop.current(false) == null)).isTrue();
    try (IOLoop other = newLoop()) {
      assertThat(IOLoop.current()).as("create() makes no loop current").isSameAs(loop);
      other.makeCurrent();
      assertThat(IOLoop.current()).isSameAs(other);
    }
    IOLoop.clearCurrent();
    assertThat(IOLoop.current(false)).isNull();
    IOLoop.clearCurrent();
  }

  @Test
  void loopOnAVirtualThreadWorksOrIsRefusedWithTheReason() throws Exception {
    Assumptions.assumeTrue(Runtime.version().feature() >= 21, "this JDK has no virtual threads");
    Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
    loop.addCallback(record("ran"));
    loop.addCallback(loop::stop);
    Runnable body =
        () -> {
          try {
            loop.start();
          } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("virtual thread");
            events.add("ran");
          }
        };
    Thread thread =
        (Thread)
            Class.forName("java.lang.Thread$Builder")
                .getMethod("start", Runnable.class)
                .invoke(builder, body);
    thread.join();
    assertThat(events).containsExactly("ran");
  }

  @Test
  void workInAnExecutorComesBackToTheLoop() {
    Thread me = Thread.currentThread();
    loop.runInExecutor(
            () -> {
              events.add(Thread.currentThread() == me);
              return "result";
            })
        .addDoneCallback(
            done -> {
              events.add(done.result());
              events.add(Thread.currentThread() == me);
              loop.stop();
            });
    loop.start();
    assertThat(events).containsExactly(false, "result", true);
  }

  @Test
  void failureInAnExecutorComesBackToTheLoop() {
    RuntimeException failure = new RuntimeException("failed on purpose");
    loop.setDefaultExecutor(OtherThread::execute);
    loop.runInExecutor(
            (Action)
                () -> {
                  throw failure;
                })
        .addDoneCallback(
            done -> {
              events.add(done.exception());
              loop.stop();
            });
    loop.start();
    assertThat(events).containsExactly(failure);
  }
}
