package dev.ioloop.spi;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/** Moves bytes through a JDK channel: a socket or one end of a pipe. */
final class ChannelTransport implements StreamTransport {
  private final Poller poller;
  private final StreamBuffers buffers;
  private final SelectableChannel channel;
  private final @Nullable ReadableByteChannel source;
  private final @Nullable WritableByteChannel sink;

  /** Null if the channel knows the peer's address. */
  private final @Nullable SocketAddress remote;

  private @Nullable ReadyHandler handler;
  private @Nullable Registration registration;

  /**
   * Creates a transport. Without a source it cannot be read, without a sink it cannot be written.
   */
  ChannelTransport(
      Poller poller,
      StreamBuffers buffers,
      SelectableChannel channel,
      @Nullable ReadableByteChannel source,
      @Nullable WritableByteChannel sink,
      @Nullable SocketAddress remote) {
    this.poller = poller;
    this.buffers = buffers;
    this.channel = channel;
    this.source = source;
    this.sink = sink;
    this.remote = remote;
  }

  @Override
  public void start(ReadyHandler handler) {
    if (registration != null) {
      registration.cancel();
      registration = null;
    }
    this.handler = handler;
  }

  @Override
  public boolean finishConnect() throws IOException {
    return !(channel instanceof SocketChannel socket)
        || socket.isConnected()
        || socket.finishConnect();
  }

  @Override
  public boolean readable() {
    return source != null;
  }

  @Override
  public boolean writable() {
    return sink != null;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (source == null) {
      throw new NonReadableChannelException();
    }
    return source.read(target);
  }

  // The JDK copies a whole heap buffer into a direct buffer of the thread, however little of it the
  // system then accepts.
  @Override
  public long write(ByteBuffer[] sources, int from, int to) throws IOException {
    if (sink == null) {
      throw new NonWritableChannelException();
    }
    ByteBuffer gathered = buffers.gather(sources, from, to);
    int before = gathered.position();
    int written = sink.write(gathered);
    gathered.position(before);
    StreamBuffers.advance(sources, from, to, written);
    return written;
  }

  @Override
  public void watch(int events) {
    if (registration != null) {
      registration.update(events);
    } else if (events != 0 && handler != null) {
      registration = poller.register(channel, events, handler);
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    if (channel instanceof SocketChannel socket) {
      socket.shutdownOutput();
    } else if (sink != null) {
      close();
    }
  }

  @Override
  public void close() {
    if (registration != null) {
      registration.cancel();
    }
    try {
      channel.close();
    } catch (IOException e) {
      System.getLogger("dev.ioloop").log(System.Logger.Level.DEBUG, "Cannot close a channel", e);
    }
  }

  @Override
  public @Nullable SocketAddress localAddress() {
    try {
      return channel instanceof SocketChannel socket ? socket.getLocalAddress() : null;
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    if (remote != null) {
      return remote;
    }
    try {
      return channel instanceof SocketChannel socket ? socket.getRemoteAddress() : null;
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public void setNodelay(boolean nodelay) throws IOException {
    if (channel instanceof SocketChannel socket
        && socket.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
      socket.setOption(StandardSocketOptions.TCP_NODELAY, nodelay);
    }
  }

  @Override
  public void setKeepAlive(boolean keepAlive) throws IOException {
    if (channel instanceof SocketChannel socket
        && socket.supportedOptions().contains(StandardSocketOptions.SO_KEEPALIVE)) {
      socket.setOption(StandardSocketOptions.SO_KEEPALIVE, keepAlive);
    }
  }
}
