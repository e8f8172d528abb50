package dev.ioloop.nio;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.process.Subprocess;
import dev.ioloop.tck.LoopContract;
import dev.ioloop.tck.OnEachGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Real child processes, whose end the loop waits for. */
@OnEachGenerator
final class SubprocessTest extends LoopContract {

  private static final int SIGNALLED = 128;
  private static final int SIGKILL = 9;
  private static final int SIGTERM = 15;

  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }

  /** A process that waits for its standard input to end. */
  private static Subprocess waiting() throws IOException {
    return new Subprocess(new ProcessBuilder("cat"));
  }

  private static int exitCodeOf(String... command) throws IOException {
    return await(new Subprocess(command).waitForExit());
  }

  @Test
  void exitCodesComeBack() {
    loop.runSync(
        () -> {
          events.add(exitCodeOf("true"));
          events.add(exitCodeOf("false"));
          events.add(exitCodeOf("sh", "-c", "exit 7"));
        });
    assertThat(events).containsExactly(0, 1, 7);
  }

  @Test
  void exitCodeMayBeAskedForAgainAndAfterTheEnd() {
    loop.runSync(
        () -> {
          Subprocess process = new Subprocess("sh", "-c", "exit 7");
          Future<Integer> first = process.waitForExit();
          Future<Integer> second = process.waitForExit();
          events.add(await(first));
          events.add(await(second));
          events.add(await(process.waitForExit()));
        });
    assertThat(events).containsExactly(7, 7, 7);
  }

  @Test
  void futureIsCompletedOnTheLoopWhichGoesOnMeanwhile() {
    loop.runSync(
        () -> {
          Subprocess process = waiting();
          Future<Void> waiter =
              coroutine(
                  () -> {
                    Future<Integer> code = process.waitForExit();
                    code.addDoneCallback(done -> events.add(IOLoop.current(false) == loop));
                    events.add(await(code));
                  });
          events.add("goes on");
          loop.addCallback(
              () -> {
                events.add("callback");
                process.kill();
              });
          await(waiter);
        });
    assertThat(events).containsExactly("goes on", "callback", true, SIGNALLED + SIGKILL);
  }

  @Test
  void killAndTerminateEndTheProcess() {
    loop.runSync(
        () -> {
          Subprocess killed = waiting();
          killed.kill();
          events.add(await(killed.waitForExit()));
          Subprocess terminated = waiting();
          terminated.terminate();
          events.add(await(terminated.waitForExit()));
          killed.kill();
          terminated.terminate();
        });
    assertThat(events).containsExactly(SIGNALLED + SIGKILL, SIGNALLED + SIGTERM);
  }

  @Test
  void cancellingTheWaitLeavesTheProcessAlone() {
    loop.runSync(
        () -> {
          Subprocess process = waiting();
          Future<Integer> waiter = coroutine(() -> await(process.waitForExit()));
          waiter.cancel(true);
          assertThatThrownBy(() -> await(waiter)).isInstanceOf(CancellationException.class);
          events.add(process.process().isAlive());
          process.kill();
          events.add(await(process.waitForExit()));
        });
    assertThat(events).containsExactly(true, SIGNALLED + SIGKILL);
  }

  @Test
  void standardStreamsAreThoseOfTheProcess() {
    loop.runSync(
        () -> {
          Subprocess process = waiting();
          String echo =
              await(
                  loop.runInExecutor(
                      () -> {
                        try (var in = process.process().getOutputStream()) {
                          in.write("echo".getBytes(StandardCharsets.UTF_8));
                        }
                        return new String(
                            process.process().getInputStream().readAllBytes(),
                            StandardCharsets.UTF_8);
                      }));
          events.add(echo);
          events.add(await(process.waitForExit()));
        });
    assertThat(events).containsExactly("echo", 0);
  }

  @Test
  void programThatIsNotThereCannotBeStarted() {
    loop.runSync(
        () ->
            assertThatThrownBy(() -> new Subprocess("/no/such/program"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/no/such/program"));
  }

  @Test
  void loopMayBeClosedBeforeTheProcessEnds() throws Exception {
    loop.makeCurrent();
    Subprocess process = waiting();
    Future<Integer> code = process.waitForExit();
    loop.close();
    process.kill();
    process.process().waitFor();
    assertThat(process.process().exitValue()).isEqualTo(SIGNALLED + SIGKILL);
    assertThat(code.cancelled()).isFalse();
  }

  @Test
  void stringFormTellsTheIdAndTheEnd() {
    loop.runSync(
        () -> {
          Subprocess process = waiting();
          assertThat(process).hasToString("Subprocess[pid=" + process.pid() + "]");
          process.kill();
          await(process.waitForExit());
          assertThat(process).hasToString("Subprocess[pid=" + process.pid() + ", ended]");
        });
  }

  @Test
  void nullBuilderIsRefused() {
    loop.makeCurrent();
    assertThatThrownBy(() -> new Subprocess((ProcessBuilder) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("builder");
  }

  @Test
  void standardStreamsOfTheProcessAreStreams() {
    loop.runSync(
        () -> {
          Subprocess process = new Subprocess(new ProcessBuilder("sh", "-c", "cat; echo bad >&2"));
          assertThat(process.stdin()).isSameAs(process.stdin());
          Future<byte[]> line = process.stdout().readUntil(new byte[] {'\n'});
          await(process.stdin().write("hello\n".getBytes(StandardCharsets.UTF_8)));
          events.add(new String(await(line), StandardCharsets.UTF_8));
          byte[] large = new byte[1 << 20];
          Future<byte[]> rest = process.stdout().readUntilClose();
          process.stdin().write(large);
          process.stdin().shutdownOutput();
          events.add(await(rest).length);
          events.add(new String(await(process.stderr().readUntilClose()), StandardCharsets.UTF_8));
          events.add(await(process.waitForExit()));
        });
    assertThat(events).containsExactly("hello\n", 1 << 20, "bad\n", 0);
  }

  @Test
  void streamThatWasRedirectedIsRefused() {
    loop.runSync(
        () -> {
          Subprocess process = new Subprocess("true");
          assertThatThrownBy(process::stdout)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("stdout of the process is not a pipe but INHERIT");
          await(process.waitForExit());
        });
  }

  @Test
  void closingAStreamTellsTheProcess() {
    loop.runSync(
        () -> {
          Subprocess process = new Subprocess(new ProcessBuilder("yes"));
          events.add(new String(await(process.stdout().readBytes(2)), StandardCharsets.UTF_8));
          process.stdout().close();
          assertThat(await(process.waitForExit())).isNotZero();
        });
    assertThat(events).containsExactly("y\n");
  }

  private static boolean pumpsOf(Subprocess process) {
    Thread[] all = new Thread[Thread.activeCount() + 64];
    int count = Thread.enumerate(all);
    return Stream.of(all).limit(count).anyMatch(t -> t.getName().contains("-" + process.pid()));
  }

  private static long pipes() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(SubprocessTest::isPipe).count();
    }
  }

  private static boolean isPipe(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("pipe:");
    } catch (IOException e) {
      return false; // That of the listing itself.
    }
  }

  private static void until(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      await(sleep(Duration.ofMillis(1)));
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void closingTheStreamsOfAProcessThatIsSilentLeavesNothingBehind() {
    loop.runSync(
        () -> {
          long before = pipes();
          Subprocess process = new Subprocess(new ProcessBuilder("sleep", "1000"));
          IOStream out = process.stdout();
          Future<byte[]> pending = out.readBytes(1);
          IOStream error = process.stderr();
          IOStream input = process.stdin();
          assertThat(pumpsOf(process)).isTrue();
          out.close();
          error.close();
          input.close();
          assertThatThrownBy(() -> await(pending)).isInstanceOf(StreamClosedException.class);
          until(() -> !pumpsOf(process));
          assertThat(pipes()).isEqualTo(before);
          assertThat(process.process().isAlive()).isTrue();
          process.kill();
          await(process.waitForExit());
        });
  }

  @Test
  void closingAtOnceOrTwiceLeavesNothingBehind() {
    loop.runSync(
        () -> {
          for (int i = 0; i < 20; i++) {
            Subprocess process = new Subprocess(new ProcessBuilder("sh", "-c", "echo; sleep 0.1"));
            process.stdout().close();
            process.stdout().close();
            process.stderr().close();
            until(() -> !pumpsOf(process));
            process.kill();
            await(process.waitForExit());
          }
        });
  }

  @Test
  void inputOfAProcessEndsWithTheProcess() {
    loop.runSync(
        () -> {
          Subprocess process = new Subprocess(new ProcessBuilder("true"));
          IOStream input = process.stdin();
          await(process.waitForExit());
          until(() -> !pumpsOf(process));
          assertThatThrownBy(() -> await(input.write(new byte[1])))
              .isInstanceOf(StreamClosedException.class);
        });
  }
}
