package dev.ioloop.demo;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.sleep;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import dev.ioloop.tck.OnEachGenerator;
import dev.ioloop.testing.FailOnUnexpectedLog;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The servers among the examples, spoken to by clients. */
@OnEachGenerator
@ExtendWith(FailOnUnexpectedLog.class)
final class ServersTest {
  private static final byte[] NEWLINE = {'\n'};

  private IOLoop loop;

  @BeforeEach
  void openLoop() {
    loop = IOLoop.create();
  }

  @AfterEach
  void closeLoop() {
    loop.close();
  }

  private static int listen(TCPServer server) throws Exception {
    return ((InetSocketAddress) server.listen(0, "127.0.0.1")).getPort();
  }

  private static IOStream connect(int port) {
    return await(new TCPClient().connect("127.0.0.1", port));
  }

  private static void say(IOStream stream, String line) {
    stream.write((line + "\n").getBytes(UTF_8));
  }

  private static String hear(IOStream stream) {
    return new String(await(stream.readUntil(NEWLINE)), UTF_8).strip();
  }

  @Test
  void echoServerSendsBackLinesAndDropsWhoSaysNothing() {
    loop.runSync(
        () -> {
          EchoServer server = new EchoServer(Duration.ofMillis(50));
          int port = listen(server);
          IOStream stream = connect(port);
          say(stream, "hello");
          assertThat(hear(stream)).isEqualTo("hello");
          assertThatThrownBy(() -> hear(stream)).isInstanceOf(StreamClosedException.class);
          assertThat(await(server.shutdown(Duration.ofSeconds(5)))).isZero();
        });
  }

  @Test
  void echoServerClosesConnectionsWithLinesThatAreTooLong() {
    loop.runSync(
        () -> {
          EchoServer server = new EchoServer(Duration.ofSeconds(60));
          IOStream stream = connect(listen(server));
          stream.write(new byte[70_000]);
          assertThatThrownBy(() -> hear(stream)).isInstanceOf(StreamClosedException.class);
          assertThat(await(server.shutdown(Duration.ofSeconds(5)))).isZero();
        });
  }

  @Test
  void tlsEchoSpeaksTlsWithACertificateOfItsOwnMaking() {
    loop.runSync(
        () -> {
          EchoServer server = new EchoServer(TlsEcho.context(), Duration.ofSeconds(60));
          int port = listen(server);
          assertThatThrownBy(
                  () -> await(new TCPClient().connect("localhost", port, SSLContext.getDefault())))
              .isInstanceOfSatisfying(
                  StreamClosedException.class,
                  e -> assertThat(e.realError()).hasStackTraceContaining("PKIX"));
          SSLContext trusting = SSLContext.getInstance("TLS");
          trusting.init(null, new TrustManager[] {new Trusting()}, null);
          IOStream stream = await(new TCPClient().connect("localhost", port, trusting));
          say(stream, "hello");
          assertThat(hear(stream)).isEqualTo("hello");
          stream.close();
          assertThat(await(server.shutdown(Duration.ofSeconds(5)))).isZero();
        });
  }

  /** Trusts everybody, as no program should. */
  private static final class Trusting extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  @Test
  void proxyCarriesBothDirectionsAndPassesTheirEndsOn() {
    loop.runSync(
        () -> {
          byte[] question = new byte[300_000];
          new Random(1).nextBytes(question);
          TCPServer backend =
              new TCPServer() {
                @Override
                protected void handleStream(IOStream stream, SocketAddress peer) {
                  stream.setAllowHalfClose(true);
                  byte[] all = await(stream.readUntilClose());
                  await(stream.write(all));
                  stream.close();
                }
              };
          Proxy proxy = new Proxy("127.0.0.1", listen(backend), Duration.ofMinutes(5));
          IOStream stream = connect(listen(proxy));
          stream.setAllowHalfClose(true);
          Future<byte[]> answer = stream.readUntilClose();
          stream.write(question);
          stream.shutdownOutput();
          assertThat(Arrays.equals(await(answer), question)).isTrue();
          stream.close();
          assertThat(await(proxy.shutdown(Duration.ofSeconds(5)))).isZero();
          assertThat(await(backend.shutdown(Duration.ofSeconds(5)))).isZero();
        });
  }

  @Test
  void proxyWhoseServerIsGoneClosesItsClients() {
    loop.runSync(
        () -> {
          EchoServer gone = new EchoServer(Duration.ofSeconds(60));
          int port = listen(gone);
          gone.stop();
          Proxy proxy = new Proxy("127.0.0.1", port, Duration.ofMinutes(5));
          IOStream stream = connect(listen(proxy));
          assertThatThrownBy(() -> hear(stream)).isInstanceOf(StreamClosedException.class);
          assertThat(await(proxy.shutdown(Duration.ofSeconds(5)))).isZero();
        });
  }

  @Test
  void proxyClosesBothSidesWhenNothingGoesEitherWay() {
    loop.runSync(
        () -> {
          EchoServer silent = new EchoServer(Duration.ofMinutes(5));
          Proxy proxy = new Proxy("127.0.0.1", listen(silent), Duration.ofMillis(300));
          IOStream stream = connect(listen(proxy));
          stream.write(new byte[] {'x'}); // and no newline, so no answer
          assertThatThrownBy(() -> await(stream.readBytes(1)))
              .isInstanceOf(StreamClosedException.class);
          assertThat(await(proxy.shutdown(Duration.ofSeconds(5)))).isZero();
          assertThat(await(silent.shutdown(Duration.ofSeconds(5)))).isZero();
        });
  }

  @Test
  void serversTakeNoMoreConnectionsThanFitIntoMemory() {
    loop.runSync(
        () -> {
          assertTakesAtMost(EchoServer.MAX_CONNECTIONS, new EchoServer(Duration.ofMinutes(5)));
          assertTakesAtMost(Chat.MAX_CONNECTIONS, new Chat());
          int port = listen(new EchoServer(Duration.ofMinutes(5)));
          assertTakesAtMost(
              Proxy.MAX_CONNECTIONS, new Proxy("127.0.0.1", port, Duration.ofMinutes(5)));
        });
  }

  private static void assertTakesAtMost(int connections, TCPServer server) throws Exception {
    int port = listen(server);
    List<IOStream> streams = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      IOStream stream = connect(port);
      streams.add(stream);
      say(stream, "hello");
      await(stream.readUntil(NEWLINE)); // It was let in.
    }
    IOStream next = connect(port);
    say(next, "hello");
    Future<byte[]> answer = next.readUntil(NEWLINE);
    await(sleep(Duration.ofMillis(50)));
    assertThat(answer.done()).isFalse();
    streams.forEach(IOStream::close);
    await(answer);
    next.close();
    assertThat(await(server.shutdown(Duration.ofSeconds(5)))).isZero();
  }

  @Test
  void chatTellsEverybodyInTheRoomAndNobodyElse() {
    loop.runSync(
        () -> {
          Chat chat = new Chat();
          int port = listen(chat);
          IOStream ada = connect(port);
          assertThat(hear(ada)).isEqualTo("your name?");
          say(ada, "ada");
          assertThat(hear(ada)).isEqualTo("ada has joined lobby");
          IOStream bob = connect(port);
          assertThat(hear(bob)).isEqualTo("your name?");
          say(bob, "bob");
          assertThat(hear(bob)).isEqualTo("bob has joined lobby");
          assertThat(hear(ada)).isEqualTo("bob has joined lobby");
          say(ada, "hello");
          assertThat(hear(bob)).isEqualTo("ada: hello");
          assertThat(hear(ada)).isEqualTo("ada: hello");
          say(bob, "/join cellar");
          assertThat(hear(bob)).isEqualTo("bob has joined cellar");
          say(ada, "anybody?");
          assertThat(hear(ada)).isEqualTo("ada: anybody?");
          say(bob, "quiet here");
          assertThat(hear(bob)).isEqualTo("bob: quiet here");
          ada.close();
          bob.close();
          assertThat(await(chat.shutdown(Duration.ofSeconds(5)))).isZero();
        });
  }

  @Test
  void chatSaysNoMoreOfWhatWasReceivedFromOneWhoseConnectionHasFailed() {
    loop.runSync(
        () -> {
          Chat chat = new Chat(Duration.ofMillis(10), Long.MAX_VALUE);
          int port = listen(chat);
          IOStream ada = connect(port);
          say(ada, "ada");
          assertThat(hear(ada)).isEqualTo("your name?");
          assertThat(hear(ada)).isEqualTo("ada has joined lobby");
          int said = 2_000;
          try (SocketChannel gone =
              SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            gone.write(ByteBuffer.wrap(("bob\n" + "x\n".repeat(said)).getBytes(UTF_8)));
            hearUntil(ada, "bob: x");
            gone.setOption(StandardSocketOptions.SO_LINGER, 0); // It ends with a reset.
          }
          int heard = 0;
          for (int quiet = 0; quiet < 3; ) {
            say(ada, "ping");
            int more = hearUntil(ada, "ada: ping");
            heard += more;
            quiet = more == 0 ? quiet + 1 : 0;
          }
          assertThat(heard).isLessThan(said - 10);
          ada.close();
          assertThat(await(chat.shutdown(Duration.ofSeconds(5)))).isZero();
        });
  }

  /** Returns how many other lines come before that one. */
  private static int hearUntil(IOStream stream, String wanted) {
    int others = 0;
    while (!hear(stream).equals(wanted)) {
      others++;
    }
    return others;
  }

  @Test
  void chatDropsWhoDoesNotReadAndTheOthersGoOn() {
    assertChatDropsWhoDoesNotRead(Long.MAX_VALUE, 300);
  }

  @Test
  void chatDropsThoseFurthestBehindWhenAllTogetherAreTooFarBehind() {
    assertChatDropsWhoDoesNotRead(200_000, 150); // which is much less than one may be behind
  }

  private void assertChatDropsWhoDoesNotRead(long maxUnsent, int lines) {
    loop.runSync(
        () -> {
          Chat chat = new Chat(Duration.ZERO, maxUnsent);
          if (maxUnsent < Long.MAX_VALUE) {
            chat.setMaxWriteBufferSize(Integer.MAX_VALUE); // for one reader
          }
          int port = listen(chat);
          IOStream slow = connect(port);
          say(slow, "slow");
          assertThat(hear(slow)).isEqualTo("your name?");
          assertThat(hear(slow)).isEqualTo("slow has joined lobby");
          IOStream ada = connect(port);
          assertThat(hear(ada)).isEqualTo("your name?");
          say(ada, "ada");
          assertThat(hear(ada)).isEqualTo("ada has joined lobby");
          String much = "x".repeat(60_000);
          for (int i = 0; i < lines; i++) {
            say(ada, much);
            assertThat(hear(ada)).hasSize("ada: ".length() + much.length());
          }
          assertThatThrownBy(
                  () -> {
                    while (true) {
                      hear(slow);
                    }
                  })
              .isInstanceOf(StreamClosedException.class);
          ada.close();
          assertThat(await(chat.shutdown(Duration.ofSeconds(5)))).isZero();
        });
  }
}
