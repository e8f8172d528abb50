package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.ExpectLog;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.logging.LogRecord;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The reports about a blocked loop. */
@OnEachGenerator
@Needs({Capability.CHANNELS, Capability.REAL_TIME, Capability.ORDER})
public abstract class WatchdogContract extends ChannelContract {
  private static final Duration LIMIT = Duration.ofMillis(20);
  private static final Pattern BLOCKED = Pattern.compile("has been blocked for (\\d+) ms");

  private ExpectLog log;

  /** Made by subclasses. */
  protected WatchdogContract() {}

  @BeforeEach
  final void expectReports() {
    log = new ExpectLog("dev.ioloop", "blocked for");
    loop.setBlockingLogThreshold(LIMIT);
  }

  @AfterEach
  final void closeLog() {
    log.close();
  }

  private List<String> reports() {
    return log.records().stream().map(LogRecord::getMessage).toList();
  }

  /** Blocks the loop until the watchdog has reported it. */
  private void blockUntilReported() {
    blockUntilReported(1);
  }

  private void blockUntilReported(int times) {
    while (log.records().size() < times) {
      Thread.onSpinWait();
    }
  }

  private void awaitReport(String text) {
    while (reports().stream().noneMatch(report -> report.contains(text))) {
      await(moment);
    }
  }

  @Test
  void callbackThatBlocksIsReportedWhileItDoes() {
    loop.addCallback(this::blockUntilReported);
    loop.runSync(() -> awaitReport("goes on"));
    assertThat(reports().get(0))
        .contains(loop.backend(), "has been blocked for", "blockUntilReported", "runInExecutor");
  }

  @Test
  void coroutineThatBlocksIsNamed() {
    loop.runSync(
        () -> {
          await(moment);
          blockUntilReported();
          awaitReport("goes on");
        });
    assertThat(reports().get(0)).contains("by the coroutine of", "blockUntilReported");
  }

  @Test
  void slowCallbacksAreKept() {
    loop.runSync(
        () -> {
          loop.addCallback(this::blockUntilReported);
          await(moment);
          awaitReport("goes on");
        });
    assertThat(loop.slowCallbacks())
        .anySatisfy(
            slow -> {
              assertThat(slow.ended()).isTrue();
              assertThat(slow.took()).isGreaterThanOrEqualTo(LIMIT);
              assertThat(slow.began()).isBefore(Instant.now());
              assertThat(slow.coroutine()).isNull();
              assertThat(slow.stack().toString()).contains("blockUntilReported");
            });
  }

  @Test
  void handlerThatBlocksIsReported() throws Exception {
    Pipe pipe = Pipe.open();
    closedAfterwards(pipe.source()).configureBlocking(false);
    closedAfterwards(pipe.sink());
    loop.addHandler(
        pipe.source(),
        ready -> {
          pipe.source().read(ByteBuffer.allocate(1));
          blockUntilReported();
          loop.stop();
        },
        IOLoop.READ);
    pipe.sink().write(ByteBuffer.wrap(new byte[1]));
    loop.start();
    assertThat(reports().get(0)).contains("blockUntilReported");
  }

  @Test
  void longBlockIsReportedAgainAfterTwiceTheTime() {
    loop.addCallback(() -> blockUntilReported(2));
    loop.runSync(() -> awaitReport("goes on"));
    List<Long> millis =
        reports().stream().map(BLOCKED::matcher).filter(Matcher::find).map(this::millis).toList();
    // On a busy machine, the loop may stay blocked long enough for a third report.
    assertThat(millis).hasSizeGreaterThanOrEqualTo(2);
    for (int i = 1; i < millis.size(); i++) {
      assertThat(millis.get(i)).isGreaterThanOrEqualTo(2 * millis.get(i - 1));
    }
  }

  private long millis(Matcher report) {
    return Long.parseLong(report.group(1));
  }

  @Test
  void loopThatWaitsIsNotReported() {
    OtherThread.run(
        () -> {
          // A limit of its own shows when enough time has passed.
          try (IOLoop witness = IOLoop.create(loop.backend())) {
            witness.setBlockingLogThreshold(LIMIT.multipliedBy(5));
            witness.addCallback(this::blockUntilReported);
            witness.runSync(() -> awaitReport("goes on"));
          }
          loop.addCallback(loop::stop);
        });
    loop.start();
    assertThat(reports().stream().filter(report -> report.contains("has been blocked"))).hasSize(1);
  }

  @Test
  void stackStopsAtTheLoop() {
    loop.runSync(
        () -> {
          await(moment);
          loop.addCallback(this::blockUntilReported);
          await(moment);
          blockUntilReported(3);
          awaitReport("goes on");
        });
    assertThat(loop.slowCallbacks())
        .isNotEmpty()
        .allSatisfy(
            slow ->
                assertThat(slow.stack())
                    .isNotEmpty()
                    .noneMatch(frame -> frame.getClassName().startsWith("dev.ioloop.IOLoop"))
                    .noneMatch(frame -> frame.getClassName().startsWith("org.junit."))
                    .last()
                    .asString()
                    .contains(WatchdogContract.class.getName()));
  }

  @Test
  void ownerOfAMonitorIsNamed() throws Exception {
    Object monitor = new Object();
    CountDownLatch held = new CountDownLatch(1);
    Thread owner =
        new Thread(
            () -> {
              synchronized (monitor) {
                held.countDown();
                blockUntilReported();
              }
            },
            "owner of the monitor");
    owner.start();
    held.await();
    loop.addCallback(
        () -> {
          synchronized (monitor) {
            loop.stop();
          }
        });
    loop.start();
    owner.join();
    assertThat(reports().get(0))
        .contains("waits for the monitor of a java.lang.Object")
        .contains("which thread \"owner of the monitor\" owns");
  }

  @Test
  void longestLimitIsLegal() {
    loop.setBlockingLogThreshold(ChronoUnit.FOREVER.getDuration());
    loop.runSync(() -> await(moment));
    log.assertCount(0);
  }

  @Test
  void limitMustBePositiveAndNullIsNone() {
    assertThatThrownBy(() -> loop.setBlockingLogThreshold(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("null");
    loop.setBlockingLogThreshold(null);
    loop.runSync(() -> await(moment));
    log.assertCount(0);
  }
}
