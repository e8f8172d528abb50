package dev.ioloop.demo;

import static dev.ioloop.Gen.await;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.TaskGroup;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A proxy: connects each client to another server and copies the bytes in both directions. The end
 * of one direction is passed on while the other direction stays open. A slow side slows the other
 * one down, because nothing is read until the bytes read before are written. If no byte goes either
 * way for a while, both sides are closed, because a client may vanish unnoticed while its server is
 * silent. At most 200 clients are connected, whose bytes fit into a heap of 64 MiB; further ones
 * wait.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar proxy --port 8080 --to-port 8888</pre>
 */
final class Proxy extends TCPServer {
  private final TCPClient client = new TCPClient().timeout(Duration.ofSeconds(10));
  static final int MAX_CONNECTIONS = 200;
  private static final int PIECE = 64 * 1024;
  private static final byte[] END = {};

  private final String host;
  private final int port;
  private final Duration idle;

  /**
   * Makes a proxy.
   *
   * @param idle a connection on which no byte goes either way is closed after this time, at most
   *     after twice this time
   */
  Proxy(String host, int port, Duration idle) {
    this.host = host;
    this.port = port;
    this.idle = idle;
    setMaxConnections(MAX_CONNECTIONS);
  }

  @Override
  protected void handleStream(IOStream near, @Nullable SocketAddress peer) throws Exception {
    try (near;
        IOStream far = await(client.connect(host, port))) {
      TaskGroup.run(
          group -> {
            Connection connection = new Connection();
            group.start(() -> connection.carry(near, far));
            connection.carry(far, near);
            return null;
          });
    } catch (StreamClosedException | LoopTimeoutException e) {
      // One side has gone, or both are silent; the try statement closes the rest.
    }
  }

  /** As {@link IOStream#pump} in both directions, with a time limit. */
  private final class Connection {
    private long lastNanos = System.nanoTime();

    void carry(IOStream from, IOStream to) {
      from.setAllowHalfClose(true);
      for (byte[] piece = next(from); piece.length > 0; piece = next(from)) {
        IdleLimit.await(idle, to.write(piece));
        lastNanos = System.nanoTime();
      }
      to.shutdownOutput();
    }

    private byte[] next(IOStream from) {
      while (true) {
        try {
          return IdleLimit.await(idle, from.readBytes(PIECE, true));
        } catch (LoopTimeoutException e) {
          if (System.nanoTime() - lastNanos >= idle.toNanos()) {
            throw e;
          } // else the other direction is in use
        } catch (StreamClosedException e) {
          if (e.realError() != null) {
            throw e;
          }
          return END;
        }
      }
    }
  }

  static void run(int listenPort, String host, int port, Duration idle) {
    try (IOLoop loop = IOLoop.instance()) {
      loop.runMain(
          () -> {
            Proxy proxy = new Proxy(host, port, idle);
            System.out.println(
                "listening on " + Addresses.text(proxy.listen(listenPort, "127.0.0.1")));
            await(new Future<>());
          });
    }
  }
}
