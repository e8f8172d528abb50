package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import dev.ioloop.testing.Testing;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CancellationException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients: what they connect to, and how that fails. */
@OnEachGenerator
public abstract class ClientContract extends ChannelContract {

  @TempDir Path directory;

  /** Made by subclasses. */
  protected ClientContract() {}

  private final TCPClient client = new TCPClient();

  /** Greets each client. */
  private static final class Greeter extends TCPServer {
    @Override
    protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
      stream.write("hello".getBytes(ISO_8859_1));
      stream.close();
    }
  }

  private final Greeter greeter = new Greeter();

  private int listen() throws IOException {
    return ((InetSocketAddress)
            greeter.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
        .getPort();
  }

  private static String greeting(Future<IOStream> connecting) {
    IOStream stream = await(connecting);
    return new String(await(stream.readUntilClose()), ISO_8859_1);
  }

  /** Returns a port that nobody listens on. */
  private static int unusedPort() throws IOException {
    try (ServerSocketChannel unused = Testing.bindUnusedPort()) {
      return ((InetSocketAddress) unused.getLocalAddress()).getPort();
    }
  }

  @Test
  void clientConnectsByNameByAddressAndByPath() {
    loop.runSync(
        () -> {
          int port = listen();
          assertThat(greeting(client.connect("localhost", port))).isEqualTo("hello");
          assertThat(greeting(client.connect("127.0.0.1", port))).isEqualTo("hello");
          assertThat(
                  greeting(client.connect(InetSocketAddress.createUnresolved("localhost", port))))
              .isEqualTo("hello");
          UnixDomainSocketAddress unix =
              UnixDomainSocketAddress.of(directory.resolve("greeter.sock"));
          greeter.listen(unix);
          assertThat(greeting(client.connect(unix))).isEqualTo("hello");
          greeter.stop();
        });
  }

  @Test
  void closedPortIsAConnectException() {
    loop.runSync(
        () -> {
          int port = unusedPort();
          Future<IOStream> connecting = client.connect("127.0.0.1", port);
          assertThatThrownBy(() -> await(connecting))
              .isInstanceOfSatisfying(
                  StreamClosedException.class,
                  e -> assertThat(e.realError()).isInstanceOf(ConnectException.class));
        });
  }

  @Test
  void nameThatDoesNotResolveFailsWithWhatTheResolverSays() {
    UnknownHostException unknown = new UnknownHostException("no.such.host");
    TCPClient lost = new TCPClient((loop, host) -> Future.failed(unknown));
    loop.runSync(
        () -> assertThatThrownBy(() -> await(lost.connect("no.such.host", 80))).isSameAs(unknown));
  }

  @Test
  void nameWithoutAddressesIsUnknown() {
    TCPClient empty = new TCPClient((loop, host) -> Future.succeeded(List.of()));
    loop.runSync(
        () ->
            assertThatThrownBy(() -> await(empty.connect("nowhere", 80)))
                .isInstanceOf(UnknownHostException.class)
                .hasMessage("nowhere"));
  }

  @Test
  void nextAddressIsTriedAtOnceWhereOneRefuses() {
    loop.runSync(
        () -> {
          int port = listen();
          InetAddress refusing = InetAddress.getByName("127.0.0.2"); // nobody listens there
          TCPClient several =
              new TCPClient(
                  (loop, host) ->
                      Future.succeeded(List.of(refusing, InetAddress.getLoopbackAddress())));
          assertThat(greeting(several.connect("two", port))).isEqualTo("hello");
          greeter.stop();
        });
  }

  @Test
  void timeLimitMayBeEndless() {
    TCPClient patient = client.timeout(ChronoUnit.FOREVER.getDuration());
    loop.runSync(
        () -> {
          assertThat(greeting(patient.connect("localhost", listen()))).isEqualTo("hello");
          greeter.stop();
        });
    assertThat(loop.stats().timeoutsPending()).isZero();
  }

  @Test
  void timeLimitCoversTheLookUpToo() {
    Future<List<InetAddress>> never = new Future<>();
    TCPClient slow = new TCPClient((loop, host) -> never).timeout(Duration.ofMillis(5));
    loop.runSync(
        () ->
            assertThatThrownBy(() -> await(slow.connect("slow", 80)))
                .isInstanceOf(LoopTimeoutException.class)
                .hasMessageContaining("slow after PT0.005S"));
    assertThat(loop.stats().timeoutsPending()).isZero();
  }

  @Test
  void cancelledConnectIsGivenUp() {
    Future<List<InetAddress>> never = new Future<>();
    TCPClient slow = new TCPClient((loop, host) -> never);
    loop.runSync(
        () -> {
          Future<IOStream> waiting = coroutine(() -> await(slow.connect("slow", 80)));
          await(moment);
          waiting.cancel(true);
          assertThatThrownBy(() -> await(waiting)).isInstanceOf(CancellationException.class);
          never.cancel(false);
        });
  }

  @Test
  void closedClientGivesUpAndLeavesItsStreamsAlone() {
    Future<List<InetAddress>> never = new Future<>();
    loop.runSync(
        () -> {
          int port = listen();
          TCPClient slow =
              new TCPClient(
                  (loop, host) ->
                      host.equals("slow")
                          ? never
                          : Future.succeeded(List.of(InetAddress.getLoopbackAddress())));
          IOStream stream = await(slow.connect("fast", port));
          Future<IOStream> waiting = slow.connect("slow", 80);
          slow.close();
          assertThat(waiting.cancelled()).isTrue();
          assertThat(stream.closed()).isFalse();
          assertThat(new String(await(stream.readUntilClose()), ISO_8859_1)).isEqualTo("hello");
          assertThatThrownBy(() -> slow.connect("fast", port))
              .isInstanceOf(IllegalStateException.class);
          greeter.stop();
        });
  }

  @Test
  void sourceAddressIsWhereTheConnectionComesFrom() {
    loop.runSync(
        () -> {
          int port = listen();
          IOStream stream =
              await(
                  new TCPClient()
                      .sourceAddress(new InetSocketAddress("127.0.0.3", 0))
                      .connect("127.0.0.1", port));
          assertThat(((InetSocketAddress) stream.localAddress()).getAddress().getHostAddress())
              .isEqualTo("127.0.0.3");
          stream.close();
          greeter.stop();
        });
  }

  @Test
  void argumentsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> client.connect("localhost", 70_000))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.timeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tlsWithoutAContextOrAnEngineIsRefusedByASentence() {
    assertThatThrownBy(() -> client.connect("localhost", 1, (SSLContext) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContainingAll("context == null", "connect(host, port)");
    assertThatThrownBy(() -> client.connect("localhost", 1, (SSLEngine) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContainingAll("engine == null", "connect(host, port)");
  }
}
