package dev.ioloop.testing.net;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.testing.FailOnUnexpectedLog;
import dev.ioloop.testing.StreamPair;
import dev.ioloop.testing.Testing;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How long a TLS handshake may take. */
@ExtendWith(FailOnUnexpectedLog.class)
final class TlsHandshakeTest {

  @Test
  void peerThatSaysNothingIsGivenUpAfterTenSeconds() {
    try (IOLoop loop = Testing.virtualLoop()) {
      loop.runSync(
          () -> {
            StreamPair pair = StreamPair.open();
            long before = loop.time();
            Future<IOStream> secure = pair.left().startTls(false, null, "localhost");
            assertThatThrownBy(() -> await(secure))
                .isInstanceOfSatisfying(
                    StreamClosedException.class,
                    e ->
                        assertThat(e.realError())
                            .isInstanceOf(SSLException.class)
                            .hasMessageContaining("longer than PT10S"));
            assertThat(loop.time() - before)
                .isBetween(Duration.ofSeconds(10).toNanos(), Duration.ofSeconds(11).toNanos());
            assertThat(loop.stats().timeoutsPending()).isZero();
            assertThatThrownBy(() -> await(pair.right().readBytes(100_000)))
                .isInstanceOf(StreamClosedException.class);
          });
    }
  }

  @Test
  void manyThatSayLittleCostLittle() {
    BufferPoolMXBean direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findAny()
            .orElseThrow();
    try (IOLoop loop = Testing.virtualLoop()) {
      loop.runSync(
          () -> {
            long before = direct.getMemoryUsed();
            List<StreamPair> pairs = new ArrayList<>();
            List<Future<IOStream>> secure = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
              StreamPair pair = StreamPair.open();
              pairs.add(pair);
              secure.add(pair.right().startTls(true, SSLContext.getDefault(), null));
              pair.left().write(new byte[] {22, 3, 1, 0x3f, (byte) 0xff, 1}); // what is cut
            }
            await(sleep(Duration.ofSeconds(1)));
            assertThat(direct.getMemoryUsed() - before).isLessThan(200 * 1000);
            pairs.forEach(pair -> pair.left().close());
            for (Future<IOStream> each : secure) {
              assertThatThrownBy(() -> await(each)).isInstanceOf(StreamClosedException.class);
            }
          });
    }
  }
}
