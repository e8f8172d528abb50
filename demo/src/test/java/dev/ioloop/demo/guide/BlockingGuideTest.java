package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.timeout;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.process.Subprocess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The chapters on blocking work, and on child processes: in real time. */
final class BlockingGuideTest extends Guide {

  @TempDir private Path directory;

  @Override
  IOLoop newLoop() {
    return IOLoop.create();
  }

  // region executor
  Future<String> read(Path file) {
    return coroutine(
        () -> {
          try {
            return await(loop.runInExecutor(() -> Files.readString(file)), IOException.class);
          } catch (NoSuchFileException e) {
            return "";
          }
        });
  }

  // endregion

  @Test
  void executorReadsAFile() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "text");
    assertThat(loop.<String>runSync(() -> read(file))).isEqualTo("text");
    assertThat(loop.<String>runSync(() -> read(directory.resolve("none")))).isEmpty();
  }

  @Test
  void cancellationInterruptsTheWorker() {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    loop.runSync(
        () -> {
          Future<Void> waiting =
              coroutine(
                  () -> {
                    await(loop.runInExecutor(() -> sleep(started, interrupted)));
                  });
          await(loop.runInExecutor(() -> started.await()));
          waiting.cancel(true);
          await(loop.runInExecutor(() -> interrupted.await()));
          assertThat(waiting.cancelled()).isTrue();
        });
  }

  private static void sleep(CountDownLatch started, CountDownLatch interrupted) {
    try {
      started.countDown();
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      interrupted.countDown();
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void childProcessIsWaitedFor() {
    loop.runSync(
        () -> {
          // region subprocess
          Subprocess child = new Subprocess("sh", "-c", "exit 3");
          int code = await(child.waitForExit());
          // endregion
          assertThat(code).isEqualTo(3);
        });
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void childProcessIsEndedWhenTheTimeIsOver() {
    loop.runSync(
        () -> {
          // region subprocess-timeout
          Subprocess child = new Subprocess("sleep", "60");
          try {
            await(timeout(Duration.ofMillis(100), () -> await(child.waitForExit())));
          } catch (LoopTimeoutException e) {
            child.terminate();
            System.out.println("exit code " + await(child.waitForExit()));
          }
          // endregion
        });
    assertPrinted("exit code 143\n");
  }
}
