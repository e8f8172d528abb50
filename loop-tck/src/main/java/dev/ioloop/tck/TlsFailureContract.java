package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import dev.ioloop.testing.StreamPair;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Any failure while a stream switches to TLS closes the connection, and is reported. */
@OnEachGenerator
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Needs({Capability.CHANNELS, Capability.ORDER})
public abstract class TlsFailureContract extends ChannelContract {

  private static final class Ours {
    static final SSLContext CONTEXT =
        Certificates.context(Certificates.localhost(), Certificates.localhost());
  }

  /** Made by subclasses. */
  protected TlsFailureContract() {}

  /** Makes the certificates outside of the time limit of a test, unless the test is skipped. */
  @BeforeEach
  final void makeCertificates() {
    Certificates.localhost();
  }

  private static final class Server extends TCPServer {
    Server(Supplier<SSLEngine> engines) {
      super(engines);
    }

    @Override
    protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
      throw new AssertionError("a handshake without a valid engine");
    }
  }

  /** A server whose engines are unusable closes each connection, and reports the reason. */
  private void serverFails(Supplier<SSLEngine> engines, Class<? extends Throwable> expected) {
    Throwable[] failure = new Throwable[1];
    loop.setExceptionHandler((source, thrown) -> failure[0] = thrown);
    loop.runSync(
        () -> {
          Server server = new Server(engines);
          InetSocketAddress address =
              (InetSocketAddress)
                  server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
          IOStream client = await(new TCPClient().connect(address));
          assertThat(await(client.readUntilClose())).isEmpty();
          assertThat(server.connections()).isZero();
          assertThat(await(server.shutdown(Duration.ofSeconds(5)))).isZero();
        });
    assertThat(failure[0]).isInstanceOf(StreamClosedException.class);
    assertThat(((StreamClosedException) failure[0]).realError()).isInstanceOf(expected);
  }

  @Test
  void serversEngineWithoutAMode() {
    serverFails(Ours.CONTEXT::createSSLEngine, IllegalStateException.class);
  }

  @Test
  void clientsEngineWithoutAMode() {
    loop.runSync(
        () -> {
          StreamPair pair = Connection.TCP.open();
          Future<IOStream> secure = pair.left().startTls(Ours.CONTEXT.createSSLEngine());
          assertThatThrownBy(() -> await(secure))
              .isInstanceOfSatisfying(
                  StreamClosedException.class,
                  e -> assertThat(e.realError()).isInstanceOf(IllegalStateException.class));
          assertThat(await(pair.right().readUntilClose())).isEmpty();
        });
  }

  @Test
  void connectWithAnEngineWithoutAMode() {
    loop.runSync(
        () -> {
          Server server = new Server(Ours.CONTEXT::createSSLEngine);
          loop.setExceptionHandler((source, thrown) -> {});
          InetSocketAddress address =
              (InetSocketAddress)
                  server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
          Future<IOStream> stream =
              new TCPClient()
                  .connect("127.0.0.1", address.getPort(), Ours.CONTEXT.createSSLEngine());
          assertThatThrownBy(() -> await(stream))
              .isInstanceOfSatisfying(
                  StreamClosedException.class,
                  e -> assertThat(e.realError()).isInstanceOf(IllegalStateException.class));
          assertThat(await(server.shutdown(Duration.ofSeconds(5)))).isZero();
        });
  }

  /** Rejects every peer, with an exception that no TLS provider expects. */
  private static final class Broken implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
      throw new IllegalArgumentException("broken on purpose");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      throw new IllegalArgumentException("broken on purpose");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  @Test
  void exceptionInTheMiddleOfTheHandshake() throws Exception {
    SSLContext broken = SSLContext.getInstance("TLS");
    broken.init(null, new TrustManager[] {new Broken()}, null);
    loop.setExceptionHandler((source, thrown) -> record("told twice").run());
    loop.runSync(
        () -> {
          StreamPair pair = Connection.TCP.open();
          Future<IOStream> accepted = pair.right().startTls(true, Ours.CONTEXT, null);
          Future<IOStream> secure = pair.left().startTls(false, broken, "localhost");
          assertThatThrownBy(() -> await(secure))
              .isInstanceOfSatisfying(
                  StreamClosedException.class,
                  e -> assertThat(e.realError()).hasStackTraceContaining("broken on purpose"));
          assertThatThrownBy(() -> await(accepted)).isInstanceOf(StreamClosedException.class);
        });
    assertThat(events).isEmpty();
  }
}
