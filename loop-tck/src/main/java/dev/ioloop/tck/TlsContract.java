package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
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
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** TLS on streams: from the start and in the middle, and what is refused. */
@OnEachGenerator
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class TlsContract extends ChannelContract {

  /** Made by subclasses. */
  protected TlsContract() {}

  /** Makes the certificates outside of the time limit of a test, unless the test is skipped. */
  @BeforeEach
  final void makeCertificates() {
    Certificates.localhost();
  }

  private static final class Ours {
    static final KeyStore KEYS = Certificates.localhost();
    static final SSLContext SERVER = Certificates.context(KEYS, KEYS);
    static final SSLContext CLIENT = Certificates.context(KEYS, KEYS);
  }

  /** Uses both ends of a connection. */
  @FunctionalInterface
  private interface Body {
    void run(IOStream client, IOStream server) throws Exception;
  }

  private static SSLEngine engine(boolean server, String... protocols) {
    SSLEngine engine =
        server ? Ours.SERVER.createSSLEngine() : Ours.CLIENT.createSSLEngine("localhost", 0);
    engine.setUseClientMode(!server);
    if (protocols.length > 0) {
      engine.setEnabledProtocols(protocols);
    }
    return engine;
  }

  /** Runs {@code body} with both ends of a connection in memory that has gone on with TLS. */
  private void secured(StreamSource source, Body body, String... protocols) {
    loop.runSync(
        () -> {
          StreamPair pair = source.open();
          Future<IOStream> accepted = pair.right().startTls(engine(true, protocols));
          Future<IOStream> connected = pair.left().startTls(engine(false, protocols));
          IOStream client = await(connected);
          IOStream server = await(accepted);
          try {
            body.run(client, server);
          } finally {
            client.close();
            server.close();
          }
        });
  }

  /** Opens the connection that is to be secured. */
  @FunctionalInterface
  private interface StreamSource {
    StreamPair open() throws Exception;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static String text(Future<byte[]> read) {
    return new String(await(read), ISO_8859_1);
  }

  private static byte[] large() {
    byte[] large = new byte[1 << 20];
    new Random(1).nextBytes(large);
    return large;
  }

  private static void talk(IOStream client, IOStream server) {
    client.write(bytes("hello\n"));
    assertThat(text(server.readUntil(bytes("\n")))).isEqualTo("hello\n");
    server.write(bytes("answer 1\nanswer 2\n"));
    assertThat(text(client.readUntil(bytes("\n")))).isEqualTo("answer 1\n");
    assertThat(text(client.readUntil(bytes("\n")))).isEqualTo("answer 2\n");
  }

  private static void exchangeMuch(IOStream client, IOStream server) {
    byte[] large = large();
    Future<byte[]> there = server.readBytes(large.length);
    Future<byte[]> back = client.readBytes(large.length);
    Future<Void> sent = client.write(large);
    Future<Void> sentBack = server.write(large);
    assertThat(Arrays.equals(await(there), large)).isTrue();
    assertThat(Arrays.equals(await(back), large)).isTrue();
    await(sent);
    await(sentBack);
  }

  @Test
  void tls13CarriesBothDirections() {
    secured(
        Connection.TCP::open,
        (client, server) -> {
          talk(client, server);
          exchangeMuch(client, server);
        },
        "TLSv1.3");
  }

  @Test
  void tls12CarriesBothDirections() {
    secured(
        Connection.TCP::open,
        (client, server) -> {
          talk(client, server);
          exchangeMuch(client, server);
        },
        "TLSv1.2");
  }

  @Test
  void transportThatGivesOneByteAtATimeWillDo() {
    secured(StreamPair::oneByteAtATime, TlsContract::talk);
  }

  @Test
  void connectionThatHasSaidSomethingInPlainTextGoesOnWithTls() {
    loop.runSync(
        () -> {
          StreamPair pair = Connection.TCP.open();
          pair.left().write(bytes("STARTTLS\n"));
          assertThat(text(pair.right().readUntil(bytes("\n")))).isEqualTo("STARTTLS\n");
          pair.left().setCloseCallback(record("closed"));
          Future<IOStream> accepted = pair.right().startTls(true, Ours.SERVER, null);
          IOStream client = await(pair.left().startTls(false, Ours.CLIENT, "localhost"));
          IOStream server = await(accepted);
          assertThat(pair.left().closed()).isTrue();
          assertThatThrownBy(() -> pair.left().write(bytes("x")))
              .isInstanceOf(StreamClosedException.class);
          talk(client, server);
          assertThat(events).isEmpty();
          server.close();
          assertThatThrownBy(() -> await(client.readBytes(1)))
              .isInstanceOf(StreamClosedException.class);
          await(moment);
          await(moment);
          assertThat(events).containsExactly("closed");
        });
  }

  @Test
  void closeIsAnEndInOrder() {
    secured(
        Connection.TCP::open,
        (client, server) -> {
          server.write(bytes("last words"));
          server.close();
          assertThat(text(client.readUntilClose())).isEqualTo("last words");
          assertThat(client.error()).isNull();
        });
  }

  @Test
  void outputMayEndAloneInTls13() {
    secured(
        Connection.TCP::open,
        (client, server) -> {
          server.setAllowHalfClose(true);
          client.write(bytes("question"));
          client.shutdownOutput();
          assertThat(text(server.readUntilClose())).isEqualTo("question");
          server.write(bytes("answer"));
          server.close();
          assertThat(text(client.readUntilClose())).isEqualTo("answer");
        },
        "TLSv1.3");
  }

  /** Forwards the bytes without looking at them. */
  private static Future<Void> pump(IOStream from, IOStream to) {
    return coroutine(
        () -> {
          try {
            while (true) {
              await(to.write(await(from.readBytes(1 << 16, true))));
            }
          } catch (StreamClosedException e) {
            // The test has ended it.
          }
        });
  }

  @Test
  void endWithoutCloseNotifyIsAnError() {
    loop.runSync(
        () -> {
          StreamPair left = Connection.TCP.open();
          StreamPair right = Connection.TCP.open();
          Future<Void> there = pump(left.right(), right.left());
          Future<Void> back = pump(right.left(), left.right());
          Future<IOStream> accepted = right.right().startTls(true, Ours.SERVER, null);
          IOStream client = await(left.left().startTls(false, Ours.CLIENT, "localhost"));
          IOStream server = await(accepted);
          server.write(bytes("half of it"));
          assertThat(text(client.readBytes(4))).isEqualTo("half");
          Future<byte[]> all = client.readUntilClose();
          left.right().close(); // in the middle, by a peer that does not know TLS
          assertThatThrownBy(() -> await(all))
              .isInstanceOfSatisfying(
                  StreamClosedException.class,
                  e ->
                      assertThat(e.realError())
                          .isInstanceOf(SSLException.class)
                          .hasMessageContaining("close_notify"));
          server.close();
          await(there);
          right.left().close();
          await(back);
        });
  }

  // Servers and clients

  private static class Echo extends TCPServer {
    Echo(SSLContext context) {
      super(context);
    }

    Echo(Supplier<SSLEngine> engines) {
      super(engines);
    }

    @Override
    protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
      while (true) {
        await(stream.write(await(stream.readUntil(bytes("\n")))));
      }
    }
  }

  private static int listen(TCPServer server) throws Exception {
    return ((InetSocketAddress)
            server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
        .getPort();
  }

  @Test
  void serverAndClientSpeakTls() {
    loop.runSync(
        () -> {
          Echo echo = new Echo(Ours.SERVER);
          int port = listen(echo);
          for (String host : new String[] {"localhost", "127.0.0.1"}) {
            IOStream stream = await(new TCPClient().connect(host, port, Ours.CLIENT));
            stream.write(bytes("hello\n"));
            assertThat(text(stream.readUntil(bytes("\n")))).isEqualTo("hello\n");
            stream.close();
          }
          assertThat(await(echo.shutdown(Duration.ofSeconds(5)))).isZero();
        });
  }

  private void refused(SSLContext server, SSLContext client, String reason) {
    loop.runSync(
        () -> {
          Echo echo = new Echo(server);
          int port = listen(echo);
          assertThatThrownBy(() -> await(new TCPClient().connect("localhost", port, client)))
              .isInstanceOfSatisfying(
                  StreamClosedException.class,
                  e -> {
                    assertThat(e.realError()).isInstanceOf(SSLException.class);
                    assertThat(e.realError()).hasStackTraceContaining(reason);
                  });
          assertThat(await(echo.shutdown(Duration.ofSeconds(5)))).isZero();
        });
  }

  @Test
  void certificateOfAnotherHostIsRefused() {
    KeyStore other = Certificates.otherHost();
    refused(
        Certificates.context(other, Ours.KEYS),
        Certificates.context(Ours.KEYS, other),
        "localhost");
  }

  @Test
  void certificateWhoseTimeIsOverIsRefused() {
    KeyStore expired = Certificates.expired();
    refused(
        Certificates.context(expired, Ours.KEYS),
        Certificates.context(Ours.KEYS, expired),
        "NotAfter");
  }

  @Test
  void certificateThatNobodyTrustsIsRefused() {
    refused(Ours.SERVER, Certificates.context(Ours.KEYS, Certificates.otherHost()), "PKIX");
  }

  @Test
  void plainTextOnATlsPortEndsTheConnectionAndNotTheServer() {
    loop.runSync(
        () -> {
          Echo echo = new Echo(Ours.SERVER);
          int port = listen(echo);
          IOStream plain = await(new TCPClient().connect("localhost", port));
          plain.write(bytes("GET / HTTP/1.0\r\n\r\n"));
          await(plain.readUntilClose()); // an alert, perhaps
          assertThat(plain.closed()).isTrue();
          IOStream stream = await(new TCPClient().connect("localhost", port, Ours.CLIENT));
          stream.write(bytes("still there\n"));
          assertThat(text(stream.readUntil(bytes("\n")))).isEqualTo("still there\n");
          stream.close();
          assertThat(await(echo.shutdown(Duration.ofSeconds(5)))).isZero();
        });
  }

  @Test
  void peerThatLeavesInTheHandshakeIsAnError() {
    loop.runSync(
        () -> {
          StreamPair pair = Connection.TCP.open();
          Future<IOStream> client = pair.left().startTls(false, Ours.CLIENT, "localhost");
          await(moment);
          pair.right().close();
          assertThatThrownBy(() -> await(client))
              .isInstanceOfSatisfying(
                  StreamClosedException.class, e -> assertThat(e.realError()).isNotNull());
        });
  }

  @Test
  void enginesMayBeConfigured() {
    String[] chosen = new String[1];
    loop.runSync(
        () -> {
          Supplier<SSLEngine> engines =
              () -> {
                SSLEngine engine = engine(true);
                SSLParameters parameters = engine.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {"b", "c"});
                parameters.setNeedClientAuth(true);
                engine.setSSLParameters(parameters);
                return engine;
              };
          Echo echo = new Echo(engines);
          int port = listen(echo);
          SSLEngine engine = engine(false);
          SSLParameters parameters = engine.getSSLParameters();
          parameters.setApplicationProtocols(new String[] {"a", "b"});
          engine.setSSLParameters(parameters);
          IOStream stream = await(new TCPClient().connect("localhost", port, engine));
          chosen[0] = engine.getApplicationProtocol();
          assertThat(engine.getSession().getLocalCertificates()).isNotNull();
          stream.write(bytes("hello\n"));
          assertThat(text(stream.readUntil(bytes("\n")))).isEqualTo("hello\n");
          stream.close();
          assertThat(await(echo.shutdown(Duration.ofSeconds(5)))).isZero();
        });
    assertThat(chosen[0]).isEqualTo("b");
  }

  @Test
  void startTlsNeedsAnIdleStream() {
    loop.runSync(
        () -> {
          StreamPair pair = StreamPair.open();
          Future<byte[]> read = pair.left().readBytes(1);
          assertThatThrownBy(() -> pair.left().startTls(engine(false)))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("pending");
          pair.right().write(bytes("abc"));
          await(read);
          assertThatThrownBy(() -> pair.left().startTls(engine(false)))
              .isInstanceOf(IllegalStateException.class);
          assertThat(text(pair.left().readBytes(2))).isEqualTo("bc");
          pair.left().close();
          pair.right().close();
        });
  }

  @Test
  void clientHasToNameItsHost() {
    loop.runSync(
        () -> {
          StreamPair pair = StreamPair.open();
          assertThatThrownBy(() -> pair.left().startTls(false, Ours.CLIENT, null))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("name the host");
          assertThat(pair.left().closed()).isFalse();
          pair.left().close();
          pair.right().close();
        });
  }
}
