package dev.ioloop.demo;

import static dev.ioloop.Gen.await;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.TaskGroup;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A proxy: connects each client to another server and carries the bytes in both directions. The end
 * of one direction is passed on while the other goes on. A slow side slows the other one down,
 * because nothing is read before what was read is written.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar proxy --port 8080 --to-port 8888</pre>
 */
final class Proxy extends TCPServer {
  private final TCPClient client = new TCPClient().timeout(Duration.ofSeconds(10));
  private final String host;
  private final int port;

  Proxy(String host, int port) {
    this.host = host;
    this.port = port;
  }

  @Override
  protected void handleStream(IOStream near, @Nullable SocketAddress peer) throws Exception {
    try (near;
        IOStream far = await(client.connect(host, port))) {
      TaskGroup.run(
          group -> {
            group.start(() -> await(IOStream.pump(near, far)));
            return await(IOStream.pump(far, near));
          });
    } catch (StreamClosedException e) {
      // One of the two has gone; try closes the other.
    }
  }

  static void run(int listenPort, String host, int port) {
    try (IOLoop loop = IOLoop.instance()) {
      loop.runMain(
          () -> {
            Proxy proxy = new Proxy(host, port);
            System.out.println(
                "listening on " + Addresses.text(proxy.listen(listenPort, "127.0.0.1")));
            await(new Future<>());
          });
    }
  }
}
