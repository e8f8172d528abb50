package dev.ioloop.testing.net;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.net.TCPClient;
import dev.ioloop.testing.FailOnUnexpectedLog;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The race between the addresses of a name: when each is tried, and that no loser is left open. */
@ExtendWith(FailOnUnexpectedLog.class)
final class HappyEyeballsTest {
  private final FakeSockets sockets = new FakeSockets();
  private final IOLoop loop = sockets.newLoop();

  @AfterEach
  void closeLoop() {
    loop.close();
    IOLoop.clearCurrent();
  }

  private static InetAddress address(String literal) throws Exception {
    return InetAddress.getByName(literal);
  }

  private TCPClient client() throws Exception {
    List<InetAddress> addresses =
        List.of(
            address("2001:db8::1"),
            address("2001:db8::2"),
            address("192.0.2.1"),
            address("192.0.2.2"));
    return new TCPClient((loop, host) -> Future.succeeded(addresses));
  }

  private List<String> tried() {
    return sockets.connecting.stream()
        .map(c -> ((InetSocketAddress) c.remote).getAddress().getHostAddress())
        .toList();
  }

  private long openConnections() {
    return sockets.connecting.stream().filter(c -> !c.closed).count();
  }

  private static void pass(int millis) {
    await(sleep(Duration.ofMillis(millis)));
  }

  @Test
  void addressesOfBothFamiliesAreTriedByTurnsAQuarterOfASecondApart() {
    loop.runSync(
        () -> {
          Future<IOStream> stream = client().connect("name", 80);
          pass(1);
          assertThat(tried()).containsExactly("2001:db8:0:0:0:0:0:1");
          pass(248);
          assertThat(tried()).hasSize(1);
          pass(2);
          assertThat(tried()).containsExactly("2001:db8:0:0:0:0:0:1", "192.0.2.1");
          pass(500);
          assertThat(tried())
              .containsExactly(
                  "2001:db8:0:0:0:0:0:1", "192.0.2.1", "2001:db8:0:0:0:0:0:2", "192.0.2.2");
          sockets.connecting.get(1).succeed();
          assertThat(await(stream).closed()).isFalse();
          assertThat(openConnections()).isEqualTo(1);
          assertThat(sockets.connecting.get(1).closed).isFalse();
          assertThat(loop.stats().timeoutsPending()).isZero();
        });
  }

  @Test
  void failureBringsTheNextAddressAtOnce() {
    loop.runSync(
        () -> {
          Future<IOStream> stream = client().connect("name", 80);
          pass(1);
          sockets.connecting.get(0).fail(new NoRouteToHostException("no route"));
          assertThat(tried()).hasSize(2);
          pass(249);
          assertThat(tried()).hasSize(2);
          pass(2);
          assertThat(tried()).hasSize(3);
          sockets.connecting.get(2).succeed();
          assertThat(await(stream).closed()).isFalse();
          assertThat(openConnections()).isEqualTo(1);
        });
  }

  @Test
  void connectFailsWithTheLastFailureWhenAllHaveFailed() {
    loop.runSync(
        () -> {
          Future<IOStream> stream = client().connect("name", 80);
          pass(1);
          for (int i = 0; i < 4; i++) {
            assertThat(stream.done()).isFalse();
            sockets.connecting.get(i).fail(new ConnectException("refused " + i));
          }
          assertThatThrownBy(() -> await(stream))
              .isInstanceOfSatisfying(
                  StreamClosedException.class,
                  e ->
                      assertThat(e.realError())
                          .hasMessage("cannot connect to /192.0.2.2:80: refused 3"));
          assertThat(openConnections()).isZero();
          assertThat(loop.stats().timeoutsPending()).isZero();
        });
  }

  @Test
  void timeLimitClosesAllThatIsConnecting() {
    loop.runSync(
        () -> {
          Future<IOStream> stream = client().timeout(Duration.ofMillis(600)).connect("name", 80);
          assertThatThrownBy(() -> await(stream)).isInstanceOf(LoopTimeoutException.class);
          assertThat(tried()).hasSize(3);
          assertThat(openConnections()).isZero();
          assertThat(loop.stats().timeoutsPending()).isZero();
        });
  }

  @Test
  void cancellationClosesAllThatIsConnecting() {
    loop.runSync(
        () -> {
          Future<IOStream> stream = client().connect("name", 80);
          pass(300);
          assertThat(openConnections()).isEqualTo(2);
          stream.cancel(true);
          assertThat(openConnections()).isZero();
          assertThat(loop.stats().timeoutsPending()).isZero();
          pass(1_000);
          assertThat(tried()).hasSize(2);
        });
  }
}
