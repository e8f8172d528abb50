package dev.ioloop.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Measures the heap of idle connections in an echo server: each has had one echo, and waits for the
 * next message. The same number of connections has come and gone before, so the server's own parts
 * exist and its code is compiled.
 */
@Command(
    name = IdleConnections.ID,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = "Measures the live heap of an echo server for each idle connection.")
final class IdleConnections implements Callable<Integer> {
  static final String ID = "idle";
  static final String TITLE = "heap of an idle connection";

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "10000",
      description = "The number of connections: ${DEFAULT-VALUE}.")
  private int connections;

  @Mixin private PeerOptions options;

  IdleConnections() {}

  @Override
  public Integer call() throws Exception {
    HeapReport.of(ID, TITLE, ServerPeers.ECHO, options, this::measure);
    return 0;
  }

  private long measure(String peer) throws Exception {
    List<SocketChannel> clients = new ArrayList<>(connections);
    try (ServerProcess server = new ServerProcess(peer)) {
      connect(server, connections, clients);
      end(clients);
      long before = server.liveBytes();
      connect(server, connections, clients);
      long bytes = server.liveBytes() - before;
      if (bytes == 0) {
        throw new Worker.Unavailable("it has no heap that can be queried");
      }
      return Math.round((double) bytes / connections);
    } finally {
      close(clients);
    }
  }

  /** Closes connections, and returns when the server has closed them, too. */
  private static void end(List<SocketChannel> clients) throws IOException {
    ByteBuffer nothing = ByteBuffer.allocate(1);
    for (SocketChannel client : clients) {
      client.shutdownOutput();
      client.read(nothing);
    }
    close(clients);
  }

  private static void close(List<SocketChannel> clients) throws IOException {
    for (SocketChannel client : clients) {
      client.close();
    }
    clients.clear();
  }

  private static void connect(ServerProcess server, int count, List<SocketChannel> clients)
      throws IOException {
    ByteBuffer message = ByteBuffer.allocate(1);
    for (int i = 0; i < count; i++) {
      SocketChannel client = ServerLoad.connect(server.port);
      clients.add(client);
      client.write(message.clear());
      client.read(message.clear());
    }
  }
}
