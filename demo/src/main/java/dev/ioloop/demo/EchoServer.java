package dev.ioloop.demo;

import static dev.ioloop.Gen.await;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.TCPServer;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * A server that sends back each line. It has the limits that a public server needs: on the length
 * of a line, on the unsent bytes of a slow reader, on the idle time of a connection, and on
 * connections: 200, whose lines fit into a heap of 64 MiB. Further ones wait.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar echo-server --port 8888</pre>
 */
final class EchoServer extends TCPServer {
  private static final int MAX_LINE = 64 * 1024;
  private static final int MAX_UNSENT = 1024 * 1024;
  static final int MAX_CONNECTIONS = 200;
  private static final byte[] NEWLINE = {'\n'};

  private final Duration idle;

  EchoServer(Duration idle) {
    this.idle = idle;
    setMaxConnections(MAX_CONNECTIONS);
    setMaxWriteBufferSize(MAX_UNSENT);
  }

  /** With TLS. */
  EchoServer(SSLContext context, Duration idle) {
    super(context);
    this.idle = idle;
    setMaxConnections(MAX_CONNECTIONS);
    setMaxWriteBufferSize(MAX_UNSENT);
  }

  /** With TLS by configured engines. */
  EchoServer(Supplier<SSLEngine> engines, Duration idle) {
    super(engines);
    this.idle = idle;
    setMaxConnections(MAX_CONNECTIONS);
    setMaxWriteBufferSize(MAX_UNSENT);
  }

  @Override
  protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
    try {
      while (true) {
        byte[] line = IdleLimit.await(idle, stream.readUntil(NEWLINE, MAX_LINE));
        await(stream.write(line));
      }
    } catch (LoopTimeoutException e) {
      stream.close(e);
    }
  }

  /**
   * Listens until the process is told to end, and then gives the connections five seconds to
   * finish.
   */
  static void run(String host, int port, Duration idle) {
    try (IOLoop loop = IOLoop.instance()) {
      loop.runMain(
          () -> {
            EchoServer server = new EchoServer(idle);
            System.out.println("listening on " + Addresses.text(server.listen(port, host)));
            try {
              await(new Future<>());
            } finally {
              int aborted = await(server.shutdown(Duration.ofSeconds(5)));
              System.out.println("closed, " + aborted + " connections aborted");
            }
          });
    }
  }
}
