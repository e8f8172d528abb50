package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options of a server. */
@OnEachGenerator
@Needs({Capability.CHANNELS, Capability.ORDER})
public abstract class ServerOptionsContract extends ChannelContract {

  @TempDir Path directory;

  /** Made by subclasses. */
  protected ServerOptionsContract() {}

  /** Sends back each byte. */
  private static final class Echo extends TCPServer {
    @Override
    protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
      while (true) {
        await(stream.write(await(stream.readBytes(1))));
      }
    }
  }

  private final Echo echo = new Echo();

  private static SocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static IOStream connect(SocketAddress address) {
    return await(new TCPClient().connect(address));
  }

  private static Future<byte[]> ask(IOStream stream) {
    stream.write(new byte[1]);
    return stream.readBytes(1);
  }

  @Test
  void connectionsBeyondTheLimitWaitUnaccepted() {
    echo.setMaxConnections(2);
    loop.runSync(
        () -> {
          SocketAddress bound = echo.listen(anyPort());
          SocketAddress unix =
              echo.listen(UnixDomainSocketAddress.of(directory.resolve("limit.sock")));
          IOStream first = connect(bound);
          IOStream second = connect(unix);
          await(ask(first));
          await(ask(second));
          List<IOStream> waiting = new ArrayList<>();
          List<Future<byte[]>> answers = new ArrayList<>();
          for (SocketAddress address : new SocketAddress[] {bound, bound, unix}) {
            IOStream stream = connect(address);
            waiting.add(stream);
            answers.add(ask(stream));
          }
          await(ask(first));
          await(ask(second));
          assertThat(echo.connections()).isEqualTo(2);
          assertThat(answers).noneMatch(Future::done);
          first.close();
          while (answers.stream().noneMatch(Future::done)) {
            await(moment);
          }
          await(ask(second));
          assertThat(echo.connections()).isEqualTo(2);
          assertThat(answers.stream().filter(Future::done)).hasSize(1);
          echo.setMaxConnections(0);
          answers.forEach(answer -> await(answer));
          assertThat(echo.connections()).isEqualTo(4);
          second.close();
          waiting.forEach(IOStream::close);
          assertThat(await(echo.shutdown(Duration.ofMinutes(1)))).isZero();
        });
    CpuTime.assertSleeps(this, Duration.ofMillis(60));
  }

  @Test
  void serverThatIsFullSleepsAndCanBeStopped() {
    echo.setMaxConnections(1);
    loop.runSync(
        () -> {
          SocketAddress bound = echo.listen(anyPort());
          IOStream first = connect(bound);
          await(ask(first));
          IOStream waiting = connect(bound);
          await(ask(first));
        });
    CpuTime.assertSleeps(this, Duration.ofMillis(60));
    loop.runSync(() -> assertThat(await(echo.shutdown(Duration.ZERO))).isEqualTo(1));
  }

  @Test
  void portCanBeSharedWhereBothAskForIt() {
    loop.runSync(
        () -> {
          Echo other = new Echo();
          echo.setReusePort(true);
          SocketAddress bound = echo.listen(anyPort());
          assertThatThrownBy(() -> other.listen(bound)).isInstanceOf(BindException.class);
          other.setReusePort(true);
          assertThat(other.listen(bound)).isEqualTo(bound);
          echo.listen(UnixDomainSocketAddress.of(directory.resolve("alone.sock")));
          echo.stop();
          IOStream stream = connect(bound);
          assertThat(await(ask(stream))).hasSize(1);
          assertThat(other.connections()).isEqualTo(1);
          stream.close();
          other.stop();
        });
  }

  @Test
  void connectionsAreKeptAliveIfWanted() {
    loop.runSync(
        () -> {
          SocketAddress bound = echo.listen(anyPort());
          IOStream without = connect(bound);
          await(ask(without));
          assertThat(acceptedWithKeepAlive(bound)).isZero();
          echo.setKeepAlive(true);
          IOStream with = connect(bound);
          await(ask(with));
          assertThat(acceptedWithKeepAlive(bound)).isEqualTo(1);
          SocketAddress unix =
              echo.listen(UnixDomainSocketAddress.of(directory.resolve("alive.sock")));
          await(ask(connect(unix)));
          await(echo.shutdown(Duration.ZERO));
        });
  }

  /** Returns the number of connections of this port with a running keep-alive timer. */
  private static long acceptedWithKeepAlive(SocketAddress bound) throws IOException {
    String port = String.format(":%04X", ((InetSocketAddress) bound).getPort());
    long count = 0;
    for (String name : new String[] {"tcp", "tcp6"}) {
      Path table = Path.of("/proc/net", name);
      Assumptions.assumeTrue(Files.exists(table), "timers cannot be seen here");
      count +=
          Files.readAllLines(table).stream()
              .map(line -> line.trim().split(" +"))
              .filter(f -> f[1].endsWith(port) && f[3].equals("01") && f[5].startsWith("02:"))
              .count();
    }
    return count;
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> echo.setBacklog(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("backlog");
    assertThatThrownBy(() -> echo.setMaxConnections(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxConnections");
    echo.setBacklog(1);
    loop.runSync(
        () -> {
          IOStream stream = connect(echo.listen(anyPort()));
          await(ask(stream));
          stream.close();
          echo.stop();
        });
  }
}
