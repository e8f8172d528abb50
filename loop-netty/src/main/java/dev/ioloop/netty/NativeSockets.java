package dev.ioloop.netty;

import dev.ioloop.spi.Poller;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import dev.ioloop.spi.StreamBuffers;
import dev.ioloop.spi.StreamListener;
import dev.ioloop.spi.StreamSockets;
import dev.ioloop.spi.StreamTransport;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/**
 * Opens Netty's native sockets. Their descriptors are known, so streams need neither an exported
 * JDK package nor a companion thread. JDK channels are left to the default sockets.
 */
final class NativeSockets implements StreamSockets {
  private final NettyPoller poller;
  private final StreamSockets channels;

  // Asking the JVM for an address costs a tenth of a read, and most reads and writes use the same
  // two buffers.
  final BufferAddress inputAddress = new BufferAddress();
  final BufferAddress outputAddress = new BufferAddress();

  NativeSockets(NettyPoller poller, StreamSockets channels) {
    this.poller = poller;
    this.channels = channels;
  }

  @Override
  public StreamTransport connect(SocketAddress remote, @Nullable SocketAddress local)
      throws IOException {
    Socket socket = open(remote);
    try {
      if (!isUnix(remote)) {
        socket.setTcpNoDelay(true);
      }
      if (local != null) {
        socket.setReuseAddress(true);
        bind(socket, local);
      }
      boolean connected = socket.connect(ofNetty(remote));
      return new SocketTransport(this, socket, remote, !connected);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Binds the local side. As with the JDK, the exception's class says that the local side failed.
   */
  private static void bind(Socket socket, SocketAddress local) throws IOException {
    try {
      socket.bind(ofNetty(local));
    } catch (IOException e) {
      BindException refused = new BindException(e.getMessage());
      refused.initCause(e);
      throw refused;
    }
  }

  @Override
  public StreamListener listen(SocketAddress address, int backlog, boolean reusePort)
      throws IOException {
    Socket socket = open(address);
    try {
      if (!isUnix(address)) {
        socket.setReuseAddress(true);
      }
      if (reusePort) {
        if (isUnix(address)) {
          throw new UnsupportedOperationException("a unix socket has no port to reuse");
        }
        socket.setReusePort(true);
      }
      socket.bind(ofNetty(address));
      socket.listen(backlog);
      return new SocketListener(this, socket, isUnix(address) ? address : null);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public boolean canReusePort() {
    return true;
  }

  @Override
  public StreamTransport of(SelectableChannel channel) {
    return channels.of(channel);
  }

  @Override
  public StreamBuffers buffers() {
    return channels.buffers();
  }

  /** As {@link Poller#register}, for a descriptor that is known to be open. */
  Registration watch(Socket socket, int events, ReadyHandler handler) {
    return poller.watchOpen(socket.intValue(), events, handler);
  }

  private static Socket open(SocketAddress address) throws IOException {
    try {
      return isUnix(address) ? Socket.newSocketDomain() : Socket.newSocketStream();
    } catch (ChannelException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
  }

  private static boolean isUnix(SocketAddress address) {
    return address instanceof UnixDomainSocketAddress;
  }

  private static SocketAddress ofNetty(SocketAddress address) {
    return address instanceof UnixDomainSocketAddress unix
        ? new DomainSocketAddress(unix.getPath().toString())
        : address;
  }
}
