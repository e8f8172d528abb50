package dev.ioloop.nio;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.IOLoop;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Work for the main loop of a process, which perhaps nobody starts. */
@Timeout(60)
final class UnstartedInstanceTest {

  /** Longer than work may wait. */
  private static final Duration LONG = Duration.ofMillis(3_500);

  /** Prints what it does, and what is logged. */
  static final class Program {
    private Program() {}

    private static void work() {
      coroutine(
          () -> {
            System.out.println("begins");
            await(sleep(Duration.ofMillis(1)));
            System.out.println("goes on");
          });
    }

    /** Gives the work to threads without a loop, and runs a loop that is not the main one. */
    private static void lose() throws InterruptedException {
      for (String name : new String[] {"worker A", "worker B"}) {
        Thread worker = new Thread(Program::work, name);
        worker.start();
        worker.join();
      }
      try (IOLoop loop = IOLoop.create("nio")) {
        loop.runSync(() -> await(sleep(LONG)));
      }
    }

    /** First the work, and then the start. */
    private static void start() {
      work();
      IOLoop.instance().callLater(LONG, IOLoop.instance()::stop);
      IOLoop.instance().start();
    }

    public static void main(String[] arguments) throws InterruptedException {
      System.setErr(System.out); // Where the JDK logs.
      switch (arguments[0]) {
        case "lose" -> lose();
        case "start" -> start();
        case "stop" -> IOLoop.instance().stop();
        default -> work();
      }
      System.out.println("end");
    }
  }

  private static ChildJvm start(String mode, String watchdog) throws Exception {
    return ChildJvm.start(
        Program.class,
        List.of(
            "-Djava.util.logging.SimpleFormatter.format=%5$s%n",
            "-Ddev.ioloop.generator=thread", "-Ddev.ioloop.watchdog=" + watchdog),
        mode);
  }

  @Test
  void workThatNobodyRunsIsToldOnceAndOtherWorkIsNot() throws Exception {
    try (ChildJvm lost = start("lose", "100s");
        ChildJvm off = start("lose", "off");
        ChildJvm started = start("start", "100ms");
        ChildJvm stopped = start("stop", "100ms");
        ChildJvm ended = start("end", "100ms")) {
      assertThat(lost.readAll())
          .hasSize(4)
          .startsWith("begins", "begins")
          .endsWith("end")
          .element(2)
          .asString()
          .contains("\"worker A\"", "IOLoop.instance()", "spawnCallback()", "start()");
      assertThat(off.readAll()).containsExactly("begins", "begins", "end");
      assertThat(started.readAll()).containsExactly("begins", "goes on", "end");
      assertThat(stopped.readAll()).containsExactly("end");
      assertThat(ended.readAll()).containsExactly("begins", "end");
      assertThat(ended.waitForExit()).isZero();
    }
  }
}
