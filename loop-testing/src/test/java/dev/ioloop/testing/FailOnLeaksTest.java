package dev.ioloop.testing;

import static dev.ioloop.Gen.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.Generator;
import dev.ioloop.IOLoop;
import dev.ioloop.testing.FailOnLeaks.Held;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class FailOnLeaksTest {

  private final Held before = Held.now();

  @Test
  void whatIsClosedIsNoLeak() throws Exception {
    try (IOLoop loop = Testing.virtualLoop();
        ServerSocketChannel server = Testing.bindUnusedPort()) {
      loop.runSync(() -> assertThat(server.isOpen()).isTrue());
    }
    before.check();
  }

  @Test
  void openDescriptorIsNamed() throws Exception {
    Assumptions.assumeTrue(!before.descriptors().isEmpty(), "this system does not list them");
    Pipe pipe = Pipe.open();
    try {
      assertThatThrownBy(before::check)
          .isInstanceOf(AssertionError.class)
          .hasMessageMatching("the test has left behind: (?s).*descriptor \\d+ .*pipe.*");
    } finally {
      pipe.sink().close();
      pipe.source().close();
    }
    before.check();
  }

  /** Those that outlive their loop for a while, and end by themselves. */
  @Test
  void threadsOfTheLoopsAreNoLeak() throws Exception {
    Held nothing = new Held(before.descriptors(), Set.of(), before.bufferBytes());
    List<String> names = new ArrayList<>();
    try (ExpectLog log = new ExpectLog("dev.ioloop", "never retrieved");
        IOLoop loop = Testing.virtualLoop()) {
      loop.runSync(
          () -> {
            Future.failed(new IOException("lost on purpose"));
            assertThat(await(loop.runInExecutor(() -> 1))).isEqualTo(1);
            Thread.getAllStackTraces().keySet().forEach(thread -> names.add(thread.getName()));
          });
      while (log.records().isEmpty()) {
        System.gc();
        Thread.onSpinWait();
      }
    }
    assertThat(names)
        .contains("ioloop-watchdog", "ioloop-lost-failures")
        .anyMatch(name -> name.startsWith("ioloop-worker-"));
    before.check();
    assertThat(nothing.leaks())
        .noneMatch(leak -> leak.matches(".*ioloop-(watchdog|lost-failures|worker-).*"));
  }

  @Test
  void threadOfACoroutineThatHasEndedIsNoLeak() throws Exception {
    Gen.configure("thread");
    try (IOLoop loop = Testing.virtualLoop()) {
      loop.runSync(() -> await(Gen.sleep(Duration.ofMillis(1))));
      before.check();
    } finally {
      Gen.configure(null);
    }
  }

  @Test
  void threadOfAGeneratorThatWasNotClosedIsNamed() throws Exception {
    Assumptions.assumeTrue(
        Runtime.version().feature() < 21, "virtual threads are in no list of threads");
    Generator<Integer, Void, Void> generator =
        Generator.of(
            g -> {
              g.yield(1);
              return null;
            });
    generator.next();
    assertThatThrownBy(before::check).hasMessageContaining("thread \"ioloop-coroutine-");
    generator.close();
    before.check();
  }

  @Test
  void threadThatRunsIsNamed() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              try {
                end.await();
              } catch (InterruptedException e) {
                // Ends it too.
              }
            },
            "forgotten");
    thread.start();
    try {
      assertThatThrownBy(before::check)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("thread \"forgotten\"");
    } finally {
      end.countDown();
    }
    before.check();
  }

  @Test
  void directBufferThatIsHeldIsCounted() throws Exception {
    ByteBuffer held = ByteBuffer.allocateDirect(4 << 20);
    assertThatThrownBy(before::check)
        .isInstanceOf(AssertionError.class)
        .hasMessageMatching("(?s).* \\d+ bytes of direct buffers.*");
    assertThat(held.capacity()).isPositive();
    held = null;
    before.check();
  }
}
