package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.moment;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamBufferFullException;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import dev.ioloop.testing.ExpectLog;
import dev.ioloop.testing.StreamPair;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers: which connections they accept, how handlers end, and how servers end. */
@OnEachGenerator
public abstract class ServerContract extends ChannelContract {

  @TempDir Path directory;

  /** Made by subclasses. */
  protected ServerContract() {}

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  private static SocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static void until(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      await(moment);
    }
  }

  /** Hands over its one connection. */
  private static final class Accepting extends TCPServer {
    final Future<IOStream> accepted = new Future<>();

    @Override
    protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
      accepted.setResult(stream);
    }
  }

  /** Sends back each line until the peer ends. */
  private static class Echo extends TCPServer {
    int ended;

    @Override
    protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
      try {
        while (true) {
          await(stream.write(await(stream.readUntil(bytes("\n")))));
        }
      } finally {
        ended++;
      }
    }
  }

  private final Echo echo = new Echo();

  private static IOStream connect(SocketAddress address) {
    return await(new TCPClient().connect(address));
  }

  private static String ask(IOStream stream, String line) {
    stream.write(bytes(line + "\n"));
    return text(await(stream.readUntil(bytes("\n")))).trim();
  }

  @Test
  void serverListensOnSeveralAddressesAtOnce() {
    loop.runSync(
        () -> {
          SocketAddress tcp = echo.listen(address());
          SocketAddress other = echo.listen(0, "localhost");
          SocketAddress unix =
              echo.listen(UnixDomainSocketAddress.of(directory.resolve("echo.sock")));
          assertThat(((InetSocketAddress) tcp).getPort()).isPositive();
          for (SocketAddress address : new SocketAddress[] {tcp, other, unix}) {
            try (IOStream stream = connect(address)) {
              assertThat(ask(stream, "hello")).isEqualTo("hello");
              assertThat(echo.connections()).isEqualTo(1);
              assertThat(ask(stream, "again")).isEqualTo("again");
            }
          }
          until(() -> echo.ended == 3 && echo.connections() == 0);
          echo.stop();
        });
  }

  @Test
  void addressesOfBothEndsAgree() {
    loop.runSync(
        () -> {
          Accepting accepting = new Accepting();
          IOStream client = connect(accepting.listen(address()));
          IOStream server = await(accepting.accepted);
          assertThat(client.remoteAddress()).isEqualTo(server.localAddress()).isNotNull();
          assertThat(client.localAddress()).isEqualTo(server.remoteAddress()).isNotNull();
          client.setNodelay(true);
          server.setNodelay(false);
          client.close();
          server.close();
          accepting.stop();
        });
  }

  @Test
  void ipv6IsServedWhereThereIsSome() {
    loop.runSync(
        () -> {
          SocketAddress bound;
          try {
            bound = echo.listen(new InetSocketAddress(InetAddress.getByName("::1"), 0));
          } catch (IOException e) {
            Assumptions.abort("no IPv6 here: " + e.getMessage());
            return;
          }
          try (IOStream stream = connect(bound)) {
            assertThat(ask(stream, "six")).isEqualTo("six");
          }
          echo.stop();
        });
  }

  @Test
  void handlerThatThrowsClosesItsConnectionAndIsReportedOnce() {
    IOException failure = new IOException("handler on purpose");
    loop.setExceptionHandler((source, thrown) -> events.add(thrown));
    TCPServer failing =
        new TCPServer() {
          @Override
          protected void handleStream(IOStream stream, @Nullable SocketAddress peer)
              throws IOException {
            await(stream.readBytes(1));
            throw failure;
          }
        };
    loop.runSync(
        () -> {
          SocketAddress bound = failing.listen(address());
          IOStream stream = connect(bound);
          IOStream other = connect(bound);
          stream.write(bytes("x"));
          assertThatThrownBy(() -> await(stream.readBytes(1)))
              .isInstanceOf(StreamClosedException.class);
          until(() -> !events.isEmpty());
          assertThat(events).containsExactly(failure);
          assertThat(other.closed()).isFalse();
          other.close();
          assertThat(await(failing.shutdown(Duration.ofSeconds(5)))).isZero();
        });
  }

  @Test
  void peerThatFloodsAndResetsIsNoFailureOfTheHandler() {
    loop.setExceptionHandler((source, thrown) -> events.add(thrown));
    Future<Void> reset = new Future<>();
    Future<Void> ended = new Future<>();
    TCPServer answering =
        new TCPServer() {
          @Override
          protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
            try {
              await(stream.readBytes(1));
              await(reset);
              while (true) {
                await(stream.write(bytes("answer")));
              }
            } finally {
              ended.setResult(null);
            }
          }
        };
    loop.runSync(
        () -> {
          SocketChannel client = closedAfterwards(SocketChannel.open(answering.listen(address())));
          client.configureBlocking(false);
          client.setOption(StandardSocketOptions.SO_LINGER, 0);
          client.write(ByteBuffer.allocateDirect(1 << 20));
          until(() -> answering.connections() == 1);
          await(moment);
          client.write(ByteBuffer.allocateDirect(1 << 20));
          client.close();
          reset.setResult(null);
          await(ended);
          until(() -> answering.connections() == 0);
          answering.stop();
        });
    assertThat(events).isEmpty();
  }

  @Test
  void failureNamesTheServerAndThePeer() {
    TCPServer failing =
        new TCPServer() {
          @Override
          protected void handleStream(IOStream stream, @Nullable SocketAddress peer)
              throws IOException {
            await(stream.readBytes(1));
            throw new IOException("handler on purpose");
          }
        };
    try (ExpectLog log = new ExpectLog("dev.ioloop", "Exception in callback")) {
      SocketAddress[] peers = new SocketAddress[1];
      loop.runSync(
          () -> {
            IOStream stream = connect(failing.listen(address()));
            peers[0] = stream.localAddress();
            stream.write(bytes("x"));
            until(() -> !log.records().isEmpty());
            stream.close();
            assertThat(await(failing.shutdown(Duration.ofSeconds(5)))).isZero();
          });
      assertThat(log.records().get(0).getMessage())
          .contains(failing.getClass().getName() + ", peer " + peers[0]);
      assertThat(log.records().get(0).getThrown()).hasMessageContaining("handler on purpose");
      log.assertCount(1);
    }
  }

  @Test
  void dumpNamesThePeers() {
    loop.runSync(
        () -> {
          IOStream stream = connect(echo.listen(address()));
          IOStream unix =
              connect(echo.listen(UnixDomainSocketAddress.of(directory.resolve("echo.sock"))));
          ask(stream, "hello");
          ask(unix, "hello");
          assertThat(loop.dump())
              .contains(Echo.class.getName() + ", peer " + stream.localAddress() + '"')
              .contains(Echo.class.getName() + ", unnamed peer\"");
          stream.close();
          unix.close();
          assertThat(await(echo.shutdown(Duration.ofSeconds(5)))).isZero();
        });
  }

  @Test
  void streamLivesOnWhenItsHandlerReturns() {
    loop.runSync(
        () -> {
          Accepting accepting = new Accepting();
          IOStream stream = connect(accepting.listen(address()));
          IOStream accepted = await(accepting.accepted);
          await(moment);
          stream.write(bytes("still here"));
          assertThat(text(await(accepted.readBytes(10)))).isEqualTo("still here");
          accepted.close();
          stream.close();
          accepting.stop();
        });
  }

  @Test
  void stopRefusesNewConnectionsAndLeavesTheOthersAlone() {
    loop.runSync(
        () -> {
          SocketAddress bound = echo.listen(address());
          IOStream stream = connect(bound);
          assertThat(ask(stream, "before")).isEqualTo("before");
          echo.stop();
          echo.stop();
          assertThat(ask(stream, "after")).isEqualTo("after");
          assertThatThrownBy(() -> connect(bound)).isInstanceOf(StreamClosedException.class);
          stream.close();
        });
  }

  /**
   * At once, and not with the next poll: until then another server on the port would lose
   * connections.
   */
  @Test
  void stoppedServerIsRefusedAtOnce() {
    loop.runSync(
        () -> {
          SocketAddress bound = echo.listen(address());
          IOStream stream = connect(bound);
          assertThat(ask(stream, "before")).isEqualTo("before");
          echo.stop();
          assertThatThrownBy(() -> SocketChannel.open(bound).close())
              .isInstanceOf(ConnectException.class);
          stream.close();
        });
  }

  @Test
  void shutdownWaitsForConnectionsThatEndInTime() {
    loop.runSync(
        () -> {
          IOStream stream = connect(echo.listen(address()));
          assertThat(ask(stream, "hello")).isEqualTo("hello");
          Future<Integer> shutdown = echo.shutdown(ChronoUnit.FOREVER.getDuration());
          await(moment);
          assertThat(shutdown.done()).isFalse();
          stream.close();
          assertThat(await(shutdown)).isZero();
          until(() -> echo.ended == 1);
        });
  }

  @Test
  void shutdownClosesWhatIsLeftAndTellsHowMany() {
    loop.runSync(
        () -> {
          SocketAddress bound = echo.listen(address());
          IOStream first = connect(bound);
          IOStream second = connect(bound);
          assertThat(ask(first, "hello")).isEqualTo("hello");
          assertThat(ask(second, "hello")).isEqualTo("hello");
          assertThat(await(echo.shutdown(Duration.ofMillis(20)))).isEqualTo(2);
          assertThatThrownBy(() -> await(first.readBytes(1)))
              .isInstanceOf(StreamClosedException.class);
          assertThatThrownBy(() -> await(second.readBytes(1)))
              .isInstanceOf(StreamClosedException.class);
          until(() -> echo.ended == 2);
        });
  }

  @Test
  void uploadThatShutdownCutsIsNotTakenForACompleteOne() {
    loop.runSync(
        () -> {
          StreamPair onward = StreamPair.open();
          Future<IOStream> accepted = new Future<>();
          TCPServer upload =
              new TCPServer() {
                @Override
                protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
                  accepted.setResult(stream);
                }
              };
          IOStream client = connect(upload.listen(address()));
          Future<Long> carried = IOStream.pump(await(accepted), onward.left());
          client.write(bytes("half"));
          assertThat(text(await(onward.right().readBytes(4)))).isEqualTo("half");
          assertThat(await(upload.shutdown(Duration.ZERO))).isEqualTo(1);
          assertThatThrownBy(() -> await(carried)).isInstanceOf(StreamClosedException.class);
          onward.left().write(bytes("!")); // The output was not ended.
          assertThat(text(await(onward.right().readBytes(1)))).isEqualTo("!");
          client.close();
        });
  }

  @Test
  void shutdownWithoutConnectionsIsDoneAtOnce() {
    loop.runSync(
        () -> {
          echo.listen(address());
          assertThat(echo.shutdown(Duration.ofHours(1)).result()).isZero();
        });
  }

  @Test
  void shutdownThatIsCalledAgainWithLessTimeEndsBoth() {
    loop.runSync(
        () -> {
          SocketAddress bound = echo.listen(address());
          IOStream first = connect(bound);
          IOStream second = connect(bound);
          ask(first, "hello");
          ask(second, "hello");
          Future<Integer> slow = echo.shutdown(Duration.ofHours(1));
          Future<Integer> quick = echo.shutdown(Duration.ZERO);
          Future<Integer> late = echo.shutdown(Duration.ofHours(2));
          assertThat(await(quick)).isEqualTo(2);
          assertThat(await(slow)).isEqualTo(2);
          assertThat(await(late)).isEqualTo(2);
          until(() -> echo.ended == 2);
        });
  }

  @Test
  void shutdownThatIsCalledAgainWithMoreTimeEndsWithTheConnections() {
    loop.runSync(
        () -> {
          IOStream stream = connect(echo.listen(address()));
          ask(stream, "hello");
          Future<Integer> first = echo.shutdown(Duration.ofHours(1));
          Future<Integer> second = echo.shutdown(ChronoUnit.FOREVER.getDuration());
          first.cancel(true);
          Future<Integer> third = echo.shutdown(Duration.ofHours(3));
          stream.close();
          assertThat(await(second)).isZero();
          assertThat(await(third)).isZero();
          assertThat(echo.shutdown(Duration.ofHours(1)).result()).isZero();
        });
  }

  @Test
  void reasonForWhichAHandlerClosesItsStreamIsInTheDebugLog() {
    TCPServer closing =
        new TCPServer() {
          @Override
          protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
            stream.close(new IOException("subscriber too slow"));
          }
        };
    try (ExpectLog log = new ExpectLog("dev.ioloop", "subscriber too slow", Level.FINE)) {
      loop.runSync(
          () -> {
            IOStream stream = connect(closing.listen(address()));
            assertThatThrownBy(() -> await(stream.readBytes(1)))
                .isInstanceOf(StreamClosedException.class);
            assertThat(await(closing.shutdown(Duration.ofHours(1)))).isZero();
          });
      log.assertCount(1);
    }
  }

  @Test
  void limitsGoToTheStreams() {
    loop.runSync(
        () -> {
          Accepting accepting = new Accepting();
          accepting.setMaxBufferSize(1234);
          accepting.setMaxWriteBufferSize(4321);
          IOStream stream = connect(accepting.listen(address()));
          IOStream accepted = await(accepting.accepted);
          assertThat(accepted.maxBufferSize()).isEqualTo(1234);
          assertThat(accepted.maxWriteBufferSize()).isEqualTo(4321);
          assertThatThrownBy(() -> accepted.write(new byte[5000]))
              .isInstanceOf(StreamBufferFullException.class);
          assertThatThrownBy(() -> accepting.setMaxBufferSize(0))
              .isInstanceOf(IllegalArgumentException.class);
          accepted.close();
          stream.close();
          accepting.stop();
        });
  }

  @Test
  void closeOfTheLoopEndsTheHandlers() {
    loop.runSync(
        () -> {
          IOStream stream = connect(echo.listen(address()));
          assertThat(ask(stream, "hello")).isEqualTo("hello");
        });
    loop.close();
    assertThat(echo.ended).isEqualTo(1);
  }

  @Test
  void largeTransferOverAUnixSocket() {
    loop.runSync(
        () -> {
          Accepting accepting = new Accepting();
          IOStream stream =
              connect(
                  accepting.listen(UnixDomainSocketAddress.of(directory.resolve("large.sock"))));
          IOStream accepted = await(accepting.accepted);
          Future<byte[]> read = accepted.readUntilClose();
          byte[] large = new byte[4 << 20];
          new Random(1).nextBytes(large);
          stream.write(large);
          stream.shutdownOutput();
          assertThat(Arrays.equals(await(read), large)).isTrue();
          stream.close();
          accepting.stop();
        });
  }
}
