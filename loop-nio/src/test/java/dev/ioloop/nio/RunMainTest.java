package dev.ioloop.nio;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Action;
import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Signals reach the main body of a program, in processes of their own. */
@Timeout(60)
final class RunMainTest {

  private static final int EXIT_CODE_OF_SIGINT = 130;
  private static final int EXIT_CODE_OF_SIGTERM = 143;

  /** The program: its arguments are the coroutine engine and the name of a body. */
  static final class Program {

    private Program() {}

    public static void main(String[] arguments) {
      Gen.configure(arguments[0]);
      try (IOLoop loop = IOLoop.create("nio")) {
        loop.runMain(
            switch (arguments[1]) {
              case "ends" -> (Action) () -> await(moment);
              case "waits" -> Program::waitForEver;
              case "swallows" -> Program::swallow;
              case "is stuck" -> Program::beStuck;
              case "fails" -> Program::failInFinally;
              default -> throw new IllegalArgumentException(arguments[1]);
            });
        say("runMain returned");
      }
    }

    private static void say(String line) {
      System.out.println(line);
      System.out.flush();
    }

    private static void waitForEver() {
      try {
        say("ready");
        await(sleep(Duration.ofHours(1)));
        say("never");
      } finally {
        say("finally");
        await(sleep(Duration.ofMillis(1)));
        say("unwound");
      }
    }

    private static void swallow() {
      try {
        say("ready");
        await(sleep(Duration.ofHours(1)));
      } catch (CancellationException e) {
        say("swallowed");
      }
    }

    private static void beStuck() throws InterruptedException {
      try {
        say("ready");
        await(sleep(Duration.ofHours(1)));
      } finally {
        say("stuck");
        new CountDownLatch(1).await();
      }
    }

    /** Leaves a thread behind that keeps the process alive for a while. */
    private static void failInFinally() throws IOException {
      new Thread(Program::linger).start();
      try {
        say("ready");
        await(sleep(Duration.ofHours(1)));
      } catch (CancellationException e) {
        say("fails");
        throw new IOException("failed on purpose", e);
      }
    }

    private static void linger() {
      try {
        new CountDownLatch(1).await(3, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        say("interrupted");
      }
    }
  }

  private static List<String> makes() {
    return ChildJvm.hasContinuations() ? List.of("continuation", "thread") : List.of("thread");
  }

  private interface Scenario {
    void run(ChildJvm child) throws Exception;
  }

  private static void onEachMake(String body, Scenario scenario) throws Exception {
    for (String make : makes()) {
      try (ChildJvm child = ChildJvm.start(Program.class, List.of(), make, body)) {
        scenario.run(child);
      }
    }
  }

  @Test
  void bodyThatEndsByItselfGoesOnBehindTheCall() throws Exception {
    onEachMake(
        "ends",
        child -> {
          assertThat(child.readAll()).containsExactly("runMain returned");
          assertThat(child.waitForExit()).isZero();
        });
  }

  @Test
  void sigtermCancelsTheBodyAndItsFinallyRuns() throws Exception {
    onEachMake(
        "waits",
        child -> {
          assertThat(child.readLine()).isEqualTo("ready");
          child.signal("TERM");
          assertThat(child.readAll()).containsExactly("finally", "unwound");
          assertThat(child.waitForExit()).isEqualTo(EXIT_CODE_OF_SIGTERM);
        });
  }

  @Test
  void sigintCancelsTheBodyAndItsFinallyRuns() throws Exception {
    onEachMake(
        "waits",
        child -> {
          assertThat(child.readLine()).isEqualTo("ready");
          child.signal("INT");
          assertThat(child.readAll()).containsExactly("finally", "unwound");
          assertThat(child.waitForExit()).isEqualTo(EXIT_CODE_OF_SIGINT);
        });
  }

  @Test
  void bodyThatSwallowsTheCancellationEndsTheProcessAllTheSame() throws Exception {
    onEachMake(
        "swallows",
        child -> {
          assertThat(child.readLine()).isEqualTo("ready");
          child.signal("TERM");
          assertThat(child.readAll()).containsExactly("swallowed");
          assertThat(child.waitForExit()).isEqualTo(EXIT_CODE_OF_SIGTERM);
        });
  }

  // Well before the limit of ten seconds that a body has to unwind.
  @Test
  void secondSignalEndsTheProcessAtOnceWhereTheBodyIsStuck() throws Exception {
    onEachMake(
        "is stuck",
        child -> {
          assertThat(child.readLine()).isEqualTo("ready");
          child.signal("TERM");
          assertThat(child.readLine()).isEqualTo("stuck");
          long start = System.nanoTime();
          child.signal("TERM");
          assertThat(child.waitForExit()).isEqualTo(EXIT_CODE_OF_SIGTERM);
          assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(7));
        });
  }

  @Test
  void bodyThatFailsAsItUnwindsEndsTheProcessWithTheCodeOfTheSignal() throws Exception {
    onEachMake(
        "fails",
        child -> {
          assertThat(child.readLine()).isEqualTo("ready");
          child.signal("TERM");
          assertThat(child.readAll()).containsExactly("fails");
          assertThat(child.waitForExit()).isEqualTo(EXIT_CODE_OF_SIGTERM);
        });
  }

  @Test
  void bodyThatFailsByItselfThrowsItsExceptionAndTheLoopGoesOn() {
    IOException failure = new IOException("failed on purpose");
    try (IOLoop loop = IOLoop.create("nio")) {
      assertThatThrownBy(
              () ->
                  loop.runMain(
                      () -> {
                        await(moment);
                        throw failure;
                      }))
          .isSameAs(failure);
      assertThatThrownBy(() -> loop.runMain(() -> throwCancellation()))
          .isInstanceOf(CancellationException.class);
      assertThat(loop.runSync(() -> "goes on")).isEqualTo("goes on");
    }
  }

  private static void throwCancellation() {
    throw new CancellationException("thrown on purpose");
  }

  @Test
  void nullBodyIsRefused() {
    try (IOLoop loop = IOLoop.create("nio")) {
      assertThatThrownBy(() -> loop.runMain(null))
          .isInstanceOf(NullPointerException.class)
          .hasMessageContaining("body");
    }
  }
}
