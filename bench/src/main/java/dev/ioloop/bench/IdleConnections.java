package dev.ioloop.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures the heap that idle connections take in an echo server: each has had one echo, and waits
 * for the next message. As many have come and gone before, so that the server's own parts are there
 * and its code is compiled.
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
      description = "How many: ${DEFAULT-VALUE}.")
  private int connections;

  @Option(names = "--peers", paramLabel = "REGEX", description = "Only peers with such a name.")
  private Pattern peers = Pattern.compile("");

  @Option(names = "--csv", paramLabel = "FILE", description = "Write each number to this file.")
  private @Nullable Path csv;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  IdleConnections() {}

  @Override
  public Integer call() throws Exception {
    List<String> chosen =
        ServerPeers.ECHO.stream().filter(peer -> peers.matcher(peer).find()).toList();
    HeapReport report = new HeapReport(chosen, this::measure);
    report.print(System.out, TITLE, ID);
    try (Samples samples = new Samples(csv)) {
      report.write(samples, ID);
    }
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
        throw new Worker.Unavailable("it has no heap that can be asked for");
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
