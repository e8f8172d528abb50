package dev.ioloop.micrometer;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import dev.ioloop.testing.ExpectLog;
import dev.ioloop.testing.Testing;
import dev.ioloop.testing.VirtualTimePoller;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.noop.NoopTimer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class IOLoopMetricsTest {
  private static final Tags TAGS = Tags.of("loop", "first");

  @Test
  void metersShowWhatTheLoopDoes() {
    MeterRegistry registry = new SimpleMeterRegistry();
    try (IOLoop loop = Testing.virtualLoop();
        IOLoopMetrics metrics = new IOLoopMetrics(loop, TAGS)) {
      metrics.bindTo(registry);
      loop.runSync(
          () -> {
            coroutine(() -> await(new Future<Void>()));
            await(sleep(Duration.ofMillis(1_050)));
            assertThat(registry.get("ioloop.coroutines").tags(TAGS).gauge().value()).isEqualTo(1);
            assertThat(registry.get("ioloop.timeouts").tags(TAGS).gauge().value()).isEqualTo(1);
            loop.addCallback(() -> {});
            assertThat(registry.get("ioloop.queue").tags(TAGS).gauge().value()).isPositive();
          });
      assertThat(registry.get("ioloop.lag").tags(TAGS).timer().count()).isEqualTo(10);
      assertThat(registry.get("ioloop.lag").timer().max(TimeUnit.NANOSECONDS)).isZero();
      assertThat(registry.get("ioloop.turns").functionCounter().count()).isGreaterThan(10);
      assertThat(registry.get("ioloop.callbacks").functionCounter().count()).isPositive();
      assertThat(registry.get("ioloop.wakeups").functionCounter().count()).isZero();
    }
  }

  @Test
  void connectionsOfAServerAreCounted() throws Exception {
    MeterRegistry registry = new SimpleMeterRegistry();
    TCPServer server =
        new TCPServer() {
          @Override
          protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
            await(stream.readUntilClose());
          }
        };
    IOLoopMetrics.ofServer(server, TAGS).bindTo(registry);
    try (IOLoop loop = IOLoop.create("nio")) {
      loop.runSync(
          () -> {
            SocketAddress address = server.listen(0, "localhost");
            IOStream stream = await(new TCPClient().connect(address));
            while (registry.get("ioloop.connections").tags(TAGS).gauge().value() != 1) {
              await(moment);
            }
            stream.close();
            while (registry.get("ioloop.connections").tags(TAGS).gauge().value() != 0) {
              await(moment);
            }
            server.stop();
          });
    }
  }

  @Test
  void lagIsThatOfTheLoop() {
    MeterRegistry registry = new SimpleMeterRegistry();
    VirtualTimePoller clock = new VirtualTimePoller();
    try (IOLoop loop = IOLoop.create("virtual", clock);
        IOLoopMetrics metrics = new IOLoopMetrics(loop, TAGS)) {
      metrics.bindTo(registry);
      loop.runSync(
          () -> {
            await(sleep(Duration.ofMillis(50)));
            clock.advance(Duration.ofMillis(130)); // as if a callback had taken so long
            await(sleep(Duration.ofMillis(10)));
          });
    }
    assertThat(registry.get("ioloop.lag").timer().max(TimeUnit.MILLISECONDS)).isEqualTo(80);
  }

  @Test
  void closedMetersMeasureNoMore() {
    MeterRegistry registry = new SimpleMeterRegistry();
    try (IOLoop loop = Testing.virtualLoop()) {
      IOLoopMetrics metrics = new IOLoopMetrics(loop, TAGS);
      metrics.bindTo(registry);
      loop.runSync(
          () -> {
            await(sleep(Duration.ofMillis(250)));
            metrics.close();
            await(sleep(Duration.ofSeconds(10)));
          });
    }
    assertThat(registry.get("ioloop.lag").timer().count()).isEqualTo(3);
  }

  @Test
  void registryThatThrowsCostsItsSampleOnly() {
    MeterRegistry registry =
        new SimpleMeterRegistry() {
          @Override
          protected Timer newTimer(
              Meter.Id id, DistributionStatisticConfig config, PauseDetector pauses) {
            return new NoopTimer(id) {
              @Override
              public void record(long amount, TimeUnit unit) {
                throw new IllegalStateException("the registry is full");
              }
            };
          }
        };
    try (ExpectLog log = new ExpectLog("dev.ioloop", "Exception in callback");
        IOLoop loop = Testing.virtualLoop();
        IOLoopMetrics metrics = new IOLoopMetrics(loop, TAGS)) {
      metrics.bindTo(registry);
      loop.runSync(() -> await(sleep(Duration.ofMillis(350))));
      log.assertCount(3);
    }
  }
}
