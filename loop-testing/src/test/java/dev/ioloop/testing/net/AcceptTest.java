package dev.ioloop.testing.net;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static dev.ioloop.testing.Testing.expectLog;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.TCPServer;
import dev.ioloop.testing.ExpectLog;
import dev.ioloop.testing.FailOnUnexpectedLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How many connections a server accepts at once, and what it does when it cannot. */
@ExtendWith(FailOnUnexpectedLog.class)
final class AcceptTest {
  private final FakeSockets sockets = new FakeSockets();
  private final IOLoop loop = sockets.newLoop();
  private int handled;

  private final TCPServer server =
      new TCPServer() {
        @Override
        protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
          handled++;
          stream.close();
        }
      };

  @AfterEach
  void closeLoop() {
    loop.close();
    IOLoop.clearCurrent();
  }

  private void listen() throws IOException {
    server.listen(new InetSocketAddress(80));
    assertThat(sockets.watching).isTrue();
  }

  private void arrive(int connections) {
    for (int i = 0; i < connections; i++) {
      sockets.arrivals.add(new FakeSockets.Connecting(new InetSocketAddress(1000)));
    }
  }

  @Test
  void atMost128ConnectionsAreAcceptedPerEvent() {
    loop.runSync(
        () -> {
          listen();
          arrive(300);
          sockets.tell();
          assertThat(sockets.arrivals).hasSize(300 - 128);
          await(moment);
          assertThat(handled).isEqualTo(128);
          sockets.tell();
          sockets.tell();
          await(moment);
          assertThat(handled).isEqualTo(300);
          server.stop();
        });
  }

  @Test
  void connectionThatIsGoneBeforeItWasAcceptedIsSkipped() {
    loop.runSync(
        () -> {
          listen();
          sockets.arrivals.add(new IOException("Software caused connection abort"));
          arrive(1);
          sockets.tell();
          await(moment);
          assertThat(handled).isEqualTo(1);
          server.stop();
        });
  }

  @Test
  void listenerRestsWhereNoDescriptorIsLeftAndThenGoesOn() {
    loop.runSync(
        () -> {
          listen();
          try (ExpectLog log = expectLog("Cannot accept connections")) {
            sockets.arrivals.add(new IOException("Too many open files"));
            arrive(1);
            sockets.tell();
            assertThat(sockets.watching).isFalse();
            assertThat(sockets.arrivals).hasSize(1);
            log.assertCount(1);
          }
          await(sleep(Duration.ofMillis(99)));
          assertThat(sockets.watching).isFalse();
          await(sleep(Duration.ofMillis(2)));
          assertThat(sockets.watching).isTrue();
          sockets.tell();
          await(moment);
          assertThat(handled).isEqualTo(1);
          server.stop();
        });
  }

  @Test
  void stopEndsTheRest() {
    loop.runSync(
        () -> {
          listen();
          try (ExpectLog log = expectLog("Cannot accept connections")) {
            sockets.arrivals.add(new IOException("Too many open files"));
            sockets.tell();
            log.assertCount(1);
          }
          server.stop();
          assertThat(loop.stats().timeoutsPending()).isZero();
          assertThat(sockets.watching).isFalse();
        });
  }
}
