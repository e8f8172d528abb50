package dev.ioloop.nio;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
          .contains("a monitor that no running thread owns: a coroutine");
      assertThat(child.readLine()).contains("holdAndWait");
    }
  }
}
