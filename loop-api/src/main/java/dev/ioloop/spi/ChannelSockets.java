package dev.ioloop.spi;

import dev.ioloop.unix.ShortPath;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of a poller without native ones: JDK channels that are registered with the poller.
 */
final class ChannelSockets implements StreamSockets {
  private final Poller poller;
  private final StreamBuffers buffers = new StreamBuffers();

  ChannelSockets(Poller poller) {
    this.poller = poller;
  }

  @Override
  public StreamTransport connect(SocketAddress remote, @Nullable SocketAddress local)
      throws IOException {
    SocketChannel socket =
        remote instanceof UnixDomainSocketAddress
            ? SocketChannel.open(StandardProtocolFamily.UNIX)
            : SocketChannel.open();
    try {
      socket.configureBlocking(false);
      if (local != null) {
        socket.bind(local);
      }
      if (!(remote instanceof UnixDomainSocketAddress)) {
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
      if (remote instanceof UnixDomainSocketAddress unix) {
        return connect(socket, unix);
      }
      socket.connect(remote);
      return of(socket);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private StreamTransport connect(SocketChannel socket, UnixDomainSocketAddress remote)
      throws IOException {
    try (ShortPath shortened = ShortPath.of(remote.getPath(), 0)) {
      socket.connect(UnixDomainSocketAddress.of(shortened.path()));
    }
    return new ChannelTransport(poller, buffers, socket, socket, socket, remote);
  }

  @Override
  public StreamListener listen(SocketAddress address, int backlog, boolean reusePort)
      throws IOException {
    boolean unix = address instanceof UnixDomainSocketAddress;
    ServerSocketChannel server =
        unix ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
    try {
      server.configureBlocking(false);
      if (reusePort) {
        server.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      if (!unix) {
        server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      }
      server.bind(address, backlog);
      return new ChannelListener(poller, server);
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  // The JDK has the option, but a closed channel keeps its port until the next select.
  @Override
  public boolean canReusePort() {
    return false;
  }

  @Override
  public StreamTransport of(SelectableChannel channel) {
    if (channel instanceof Pipe.SourceChannel source) {
      return new ChannelTransport(poller, buffers, nonBlocking(channel), source, null, null);
    }
    if (channel instanceof Pipe.SinkChannel sink) {
      return new ChannelTransport(poller, buffers, nonBlocking(channel), null, sink, null);
    }
    if (channel instanceof SocketChannel both) {
      return new ChannelTransport(poller, buffers, nonBlocking(channel), both, both, null);
    }
    throw new IllegalArgumentException(
        "a stream needs a SocketChannel, a Pipe.SourceChannel or a Pipe.SinkChannel, but was given "
            + channel);
  }

  private static SelectableChannel nonBlocking(SelectableChannel channel) {
    try {
      channel.configureBlocking(false);
      return channel;
    } catch (IOException e) {
      throw new IllegalArgumentException("the channel cannot be used: " + channel, e);
    }
  }

  @Override
  public StreamBuffers buffers() {
    return buffers;
  }
}
