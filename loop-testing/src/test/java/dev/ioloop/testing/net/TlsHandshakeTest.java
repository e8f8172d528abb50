package dev.ioloop.testing.net;

import static dev.ioloop.Gen.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.testing.FailOnUnexpectedLog;
import dev.ioloop.testing.StreamPair;
import dev.ioloop.testing.Testing;
import java.time.Duration;
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
}
