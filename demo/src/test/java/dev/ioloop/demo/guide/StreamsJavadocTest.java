package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import dev.ioloop.testing.StreamPair;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The examples in the Javadoc of streams, servers and clients. */
final class StreamsJavadocTest extends Guide {

  // There are no sockets in virtual time.
  @Override
  IOLoop newLoop() {
    return IOLoop.create();
  }

  // region javadoc TCPServer
  static final class Echo extends TCPServer {
    @Override
    protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
      byte[] newline = {'\n'};
      while (true) {
        await(stream.write(await(stream.readUntil(newline, 64 * 1024))));
      }
    }
  }

  // endregion

  @Test
  void serverAndClient() {
    loop.runSync(
        () -> {
          Echo echo = new Echo();
          int port = ((InetSocketAddress) echo.listen(0, "localhost")).getPort();
          // region javadoc TCPClient
          TCPClient client = new TCPClient().timeout(Duration.ofSeconds(5));
          IOStream stream = await(client.connect("localhost", port));
          await(stream.write("hello\n".getBytes(UTF_8)));
          byte[] line = await(stream.readUntil("\n".getBytes(UTF_8)));
          stream.close();
          // endregion
          System.out.print(new String(line, UTF_8));
          await(echo.shutdown(Duration.ofSeconds(5)));
        });
    assertPrinted("hello\n");
  }

  @Test
  void stream() {
    loop.runSync(
        () -> {
          StreamPair pair = StreamPair.open();
          IOStream stream = pair.left();
          pair.right().write("hello\n".getBytes(UTF_8));
          // region javadoc IOStream
          byte[] line = await(stream.readUntil("\n".getBytes(UTF_8)));
          await(stream.write(line));
          // endregion
          System.out.print(new String(await(pair.right().readBytes(6)), UTF_8));
        });
    assertPrinted("hello\n");
  }

  @Test
  void pair() {
    loop.runSync(
        () -> {
          // region javadoc StreamPair
          StreamPair pair = StreamPair.open();
          await(pair.left().write("hello".getBytes(UTF_8)));
          String received = new String(await(pair.right().readBytes(5)), UTF_8);
          // endregion
          System.out.print(received);
        });
    assertPrinted("hello");
  }
}
