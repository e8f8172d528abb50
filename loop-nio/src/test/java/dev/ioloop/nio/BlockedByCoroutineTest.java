package dev.ioloop.nio;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A loop that waits for good for a monitor that one of its coroutines holds across an await. */
@Timeout(60)
final class BlockedByCoroutineTest {

  /** Never ends. */
  static final class Program {
    private Program() {}

    private static void holdAndWait(Object monitor) {
      synchronized (monitor) {
        await(new Future<Object>());
      }
    }

    public static void main(String[] arguments) {
      System.setErr(System.out); // Where the JDK logs.
      Object monitor = new Object();
      IOLoop loop = IOLoop.create("nio");
      loop.runSync(
          () -> {
            coroutine(() -> holdAndWait(monitor));
            await(moment);
            await(coroutine(() -> holdAndWait(monitor)));
          });
    }
  }

  /** Never ends. */
  static final class StarterProgram {
    private StarterProgram() {}

    private static void enter(Object monitor) {
      synchronized (monitor) {
        throw new AssertionError("its starter holds the monitor");
      }
    }

    public static void main(String[] arguments) {
      System.setErr(System.out); // Where the JDK logs.
      Object monitor = new Object();
      IOLoop loop = IOLoop.create("nio");
      loop.addCallback(
          () -> {
            synchronized (monitor) {
              if (arguments[0].equals("outer")) {
                coroutine(() -> await(coroutine(() -> enter(monitor))));
              } else {
                coroutine(() -> enter(monitor));
              }
            }
          });
      loop.start();
    }
  }

  /** Never ends, and nor does a thread with another loop, whose coroutine has the monitor. */
  static final class OtherLoopProgram {
    private OtherLoopProgram() {}

    public static void main(String[] arguments) {
      System.setErr(System.out); // Where the JDK logs.
      Object monitor = new Object();
      CountDownLatch taken = new CountDownLatch(1);
      Thread other =
          new Thread(
              () ->
                  IOLoop.create("nio")
                      .runSync(
                          () -> {
                            coroutine(() -> Program.holdAndWait(monitor));
                            taken.countDown();
                            await(new Future<Object>());
                          }));
      other.start();
      IOLoop.create("nio")
          .runSync(
              () -> {
                taken.await();
                Program.holdAndWait(monitor);
              });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"itself", "outer"})
  void watchdogSaysThatItsStarterHoldsTheMonitor(String starter) throws Exception {
    List<String> flags =
        List.of(
            "-Ddev.ioloop.watchdog=100ms",
            "-Ddev.ioloop.generator=thread",
            "-Djava.util.logging.SimpleFormatter.format=%5$s%n");
    try (ChildJvm child = ChildJvm.start(StarterProgram.class, flags, starter)) {
      assertThat(child.readLine())
          .contains("has been blocked for", "by the coroutine of", "waits for")
          .contains("of a java.lang.Object, which thread \"main\" owns")
          .contains("resumed this coroutine inside synchronized", "neither goes on");
    }
  }

  @Test
  void watchdogBlamesNoCoroutineOfALoopThatHasNone() throws Exception {
    Assumptions.assumeTrue(
        Runtime.version().feature() >= 24, "an await inside synchronized throws here");
    List<String> flags =
        List.of(
            "-Ddev.ioloop.watchdog=100ms",
            "-Ddev.ioloop.generator=continuation",
            "-Djava.util.logging.SimpleFormatter.format=%5$s%n");
    try (ChildJvm child = ChildJvm.start(OtherLoopProgram.class, flags)) {
      assertThat(child.readLine())
          .contains("no running thread owns: a coroutine of another loop holds it");
    }
  }

  @Test
  void watchdogSaysThatACoroutineHoldsTheMonitor() throws Exception {
    Assumptions.assumeTrue(
        Runtime.version().feature() >= 24, "an await inside synchronized throws here");
    List<String> flags =
        List.of(
            "-Ddev.ioloop.watchdog=100ms",
            "-Ddev.ioloop.generator=continuation",
            "-Djava.util.logging.SimpleFormatter.format=%5$s%n");
    try (ChildJvm child = ChildJvm.start(Program.class, flags)) {
      assertThat(child.readLine())
          .contains("has been blocked for", "by the coroutine of")
          .contains("a monitor that no running thread owns: a coroutine of this thread");
      assertThat(child.readLine()).contains("holdAndWait");
    }
  }
}
