package dev.ioloop.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The clients of one server: each sends its requests at once, waits until all of them are answered,
 * and does it again. One thread serves all clients; a single client has a blocking channel, which
 * costs the least beside the server.
 */
final class ServerLoad implements AutoCloseable {
  private static final int MAX_LATENCIES = 1 << 22;

  /** The answers of one round; times in nanoseconds. */
  record Result(long messages, long nanos, double median, double p99) {}

  private final ServerWorkload workload;
  private final ByteBuffer messages;
  private final ByteBuffer echo;

  /** The bytes that answer one batch of a client. */
  private final int awaited;

  private final List<Client> clients = new ArrayList<>();
  private final Selector selector = Selector.open();
  private final int[] latencies = new int[MAX_LATENCIES];

  ServerLoad(int port, ServerWorkload workload) throws IOException {
    this.workload = workload;
    this.messages = ByteBuffer.allocateDirect(workload.request.length * workload.depth);
    while (messages.hasRemaining()) {
      messages.put(workload.request);
    }
    this.awaited = workload.responseLength * workload.depth;
    this.echo = ByteBuffer.allocateDirect(Math.max(awaited, 64 * 1024));
    for (int i = 0; i < workload.connections; i++) {
      clients.add(new Client(connect(port)));
    }
  }

  static SocketChannel connect(int port) throws IOException {
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    return channel;
  }

  /** Has the clients send for this long, and returns when the last echo is back. */
  Result run(long atLeastNanos) throws IOException {
    long start = System.nanoTime();
    long end = start + atLeastNanos;
    int batches = clients.size() == 1 ? runOne(end) : runAll(end);
    long nanos = System.nanoTime() - start;
    int known = Math.min(batches, MAX_LATENCIES);
    Arrays.sort(latencies, 0, known);
    return new Result(
        (long) batches * workload.depth,
        nanos,
        latencies[known / 2],
        latencies[(int) (known * 0.99)]);
  }

  private int runOne(long end) throws IOException {
    SocketChannel channel = clients.get(0).channel;
    int batches = 0;
    long sent;
    do {
      sent = System.nanoTime();
      messages.clear();
      while (messages.hasRemaining()) {
        channel.write(messages);
      }
      for (int missing = awaited; missing > 0; ) {
        missing -= checked(channel.read(echo.clear().limit(missing)));
      }
      note(batches++, System.nanoTime() - sent);
    } while (sent < end);
    return batches;
  }

  private int runAll(long end) throws IOException {
    int batches = 0;
    int active = clients.size();
    for (Client client : clients) {
      client.send(System.nanoTime());
    }
    while (active > 0) {
      selector.select();
      long now = System.nanoTime();
      for (SelectionKey key : selector.selectedKeys()) {
        Client client = (Client) key.attachment();
        if (key.isWritable()) {
          client.write();
        }
        if (key.isReadable() && client.read()) {
          note(batches++, now - client.sent);
          if (now < end) {
            client.send(now);
          } else {
            active--;
          }
        }
      }
      selector.selectedKeys().clear();
    }
    return batches;
  }

  private void note(int batch, long nanos) {
    if (batch < MAX_LATENCIES) {
      latencies[batch] = (int) Math.min(nanos, Integer.MAX_VALUE);
    }
  }

  private static int checked(int count) throws IOException {
    if (count < 0) {
      throw new EOFException("the server closed a connection");
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    for (Client client : clients) {
      client.channel.close();
    }
    selector.close();
  }

  private final class Client {
    final SocketChannel channel;
    private final ByteBuffer unsent = messages.duplicate();
    private int missing;
    long sent;

    Client(SocketChannel channel) throws IOException {
      this.channel = channel;
      if (workload.connections > 1) {
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, this);
      }
    }

    void send(long now) throws IOException {
      sent = now;
      missing = awaited;
      unsent.clear();
      write();
    }

    void write() throws IOException {
      channel.write(unsent);
      channel
          .keyFor(selector)
          .interestOps(
              unsent.hasRemaining()
                  ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
                  : SelectionKey.OP_READ);
    }

    /** Returns whether everything is back. */
    boolean read() throws IOException {
      missing -= checked(channel.read(echo.clear()));
      return missing == 0;
    }
  }
}
