package dev.ioloop.testing.net;

import dev.ioloop.IOLoop;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import dev.ioloop.spi.StreamBuffers;
import dev.ioloop.spi.StreamListener;
import dev.ioloop.spi.StreamSockets;
import dev.ioloop.spi.StreamTransport;
import dev.ioloop.testing.VirtualTimePoller;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Sockets that a test plays: connections that come or fail when it says so, in virtual time. It is
 * the poller of the loop, too.
 */
final class FakeSockets implements Poller, StreamSockets {
  private final VirtualTimePoller clock = new VirtualTimePoller();
  private final StreamBuffers buffers = new StreamBuffers();

  /** What has been asked for, in order. */
  final List<Connecting> connecting = new ArrayList<>();

  /** What {@code accept} returns or throws next. */
  final Queue<Object> arrivals = new ArrayDeque<>();

  /** Whether the one listener is told of arrivals. */
  boolean watching;

  private @Nullable ReadyHandler listener;

  IOLoop newLoop() {
    return IOLoop.create("fake", this);
  }

  /** Tells the server once, as a poll would, that there are connections. */
  void tell() {
    listener.ready(IOLoop.READ);
  }

  @Override
  public StreamTransport connect(SocketAddress remote, @Nullable SocketAddress local) {
    Connecting transport = new Connecting(remote);
    connecting.add(transport);
    return transport;
  }

  @Override
  public StreamListener listen(SocketAddress address, int backlog, boolean reusePort) {
    return new StreamListener() {
      @Override
      public void start(ReadyHandler handler) {
        listener = handler;
      }

      @Override
      public @Nullable StreamTransport accept(StreamSockets sockets) throws IOException {
        Object next = arrivals.poll();
        if (next instanceof IOException failure) {
          throw failure;
        }
        return (StreamTransport) next;
      }

      @Override
      public void watch(boolean on) {
        watching = on;
      }

      @Override
      public SocketAddress localAddress() {
        return address;
      }

      @Override
      public void close() {
        watching = false;
      }
    };
  }

  @Override
  public boolean canReusePort() {
    return false;
  }

  @Override
  public StreamTransport of(SelectableChannel channel) {
    throw new IllegalArgumentException("no channels here: " + channel);
  }

  @Override
  public StreamBuffers buffers() {
    return buffers;
  }

  /** A connection whose fate the test decides. */
  static final class Connecting implements StreamTransport {
    final SocketAddress remote;
    boolean closed;
    private boolean connected;
    private @Nullable IOException failure;
    private @Nullable ReadyHandler handler;

    Connecting(SocketAddress remote) {
      this.remote = remote;
    }

    void succeed() {
      connected = true;
      handler.ready(IOLoop.WRITE);
    }

    void fail(IOException failure) {
      this.failure = failure;
      handler.ready(IOLoop.WRITE);
    }

    @Override
    public void start(ReadyHandler handler) {
      this.handler = handler;
    }

    @Override
    public boolean finishConnect() throws IOException {
      if (failure != null) {
        throw failure;
      }
      return connected;
    }

    @Override
    public int read(ByteBuffer target) {
      return 0;
    }

    @Override
    public long write(ByteBuffer[] sources, int from, int to) {
      return 0;
    }

    @Override
    public void watch(int events) {}

    @Override
    public void shutdownOutput() {}

    @Override
    public void close() {
      closed = true;
    }
  }

  // The poller, whose time is virtual.

  @Override
  public StreamSockets sockets() {
    return this;
  }

  @Override
  public long nanoTime() {
    return clock.nanoTime();
  }

  @Override
  public int poll(long timeoutNanos) {
    return clock.poll(timeoutNanos);
  }

  @Override
  public void wakeup() {
    clock.wakeup();
  }

  @Override
  public Registration register(SelectableChannel channel, int events, ReadyHandler handler) {
    return clock.register(channel, events, handler);
  }

  @Override
  public Registration register(int fd, int events, ReadyHandler handler) {
    return clock.register(fd, events, handler);
  }

  @Override
  public void close() {
    clock.close();
  }
}
