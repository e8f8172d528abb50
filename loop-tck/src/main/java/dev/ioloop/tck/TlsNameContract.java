package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The name that a TLS client sends to its server, and the name that it looks for in the
 * certificate.
 */
@OnEachGenerator
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Needs({Capability.CHANNELS, Capability.ORDER})
public abstract class TlsNameContract extends ChannelContract {

  private static final class Names {
    static final KeyStore KEYS = Certificates.names();
    static final SSLContext CONTEXT = Certificates.context(KEYS, KEYS);
  }

  private final List<String> seen = new ArrayList<>();

  /** Made by subclasses. */
  protected TlsNameContract() {}

  /** Makes the certificates outside of the time limit of a test, unless the test is skipped. */
  @BeforeEach
  final void makeCertificates() {
    Certificates.names();
  }

  private static final class Silent extends TCPServer {
    Silent(Supplier<SSLEngine> engines) {
      super(engines);
    }

    @Override
    protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
      stream.close();
    }
  }

  private SSLEngine engine() {
    SSLEngine engine = Names.CONTEXT.createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setSNIMatchers(
        List.of(
            new SNIMatcher(StandardConstants.SNI_HOST_NAME) {
              @Override
              public boolean matches(SNIServerName name) {
                seen.add(new String(name.getEncoded()));
                return true;
              }
            }));
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** Connects to each host, which resolves to this machine, and returns the received names. */
  private List<String> told(boolean accepted, String... hosts) {
    return loop.runSync(
        () -> {
          Silent server = new Silent(this::engine);
          InetSocketAddress address =
              (InetSocketAddress)
                  server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
          TCPClient client =
              new TCPClient(
                  (loop, host) -> Future.succeeded(List.of(InetAddress.getLoopbackAddress())));
          for (String host : hosts) {
            Future<IOStream> stream = client.connect(host, address.getPort(), Names.CONTEXT);
            if (accepted) {
              await(stream).close();
            } else {
              assertThatThrownBy(() -> await(stream)).isInstanceOf(StreamClosedException.class);
            }
          }
          await(server.shutdown(Duration.ofSeconds(5)));
          List<String> names = List.copyOf(seen);
          seen.clear();
          return names;
        });
  }

  @Test
  void validNamesAreTold() {
    assertThat(told(true, "localhost", "web01", "a-1", "1.2.3.four"))
        .containsExactly("localhost", "web01", "a-1", "1.2.3.four");
  }

  @Test
  void dotOfTheRootIsTakenOff() {
    assertThat(told(true, "localhost.")).containsExactly("localhost");
  }

  @Test
  void internationalNamesAreToldInAscii() {
    assertThat(told(true, "b\u00fccher.example")).containsExactly("xn--bcher-kva.example");
  }

  @Test
  void addressesAreNotToldButChecked() {
    assertThat(told(true, "127.0.0.1", "::1", "[::1]", "0:0:0:0:0:0:0:1", "fe80::1%lo")).isEmpty();
    assertThat(told(false, "127.0.0.2", "[::2]")).isEmpty();
  }

  @Test
  void underscoresAreNotTold() {
    assertThat(told(false, "my_service")).isEmpty();
  }

  @Test
  void whatIsNoNameFailsInTheFuture() {
    String label = "x".repeat(64);
    assertThat(told(false, "a..b", ".", "-", label, "sp ace", "1.2.3", "42", "[", "%", "a:b"))
        .isEmpty();
  }
}
