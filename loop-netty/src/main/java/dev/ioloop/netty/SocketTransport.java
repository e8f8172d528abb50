package dev.ioloop.netty;

import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import dev.ioloop.spi.StreamBuffers;
import dev.ioloop.spi.StreamTransport;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/** Moves bytes through a native socket, TCP or unix. */
final class SocketTransport implements StreamTransport, ReadyHandler {
  private final NativeSockets sockets;
  private final Socket socket;
  private final SocketAddress remote;
  private boolean connecting;

  /**
   * Whether the kernel has reported the socket as ready. Before that, a connecting socket looks
   * connected.
   */
  private boolean reported;

  private @Nullable ReadyHandler handler;
  private @Nullable Registration registration;

  SocketTransport(NativeSockets sockets, Socket socket, SocketAddress remote, boolean connecting) {
    this.sockets = sockets;
    this.socket = socket;
    this.remote = remote;
    this.connecting = connecting;
  }

  @Override
  public void start(ReadyHandler handler) {
    this.handler = handler;
  }

  @Override
  public void ready(int events) {
    reported = true;
    if (handler != null) {
      handler.ready(events);
    }
  }

  @Override
  public boolean finishConnect() throws IOException {
    if (connecting && reported) {
      connecting = !socket.finishConnect();
      reported = false;
    }
    return !connecting;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (!target.isDirect()) {
      return readThrough(sockets.buffers().input(), target);
    }
    int position = target.position();
    int count;
    try {
      count = socket.recvAddress(sockets.inputAddress.of(target), position, target.limit());
    } catch (NotYetConnectedException e) {
      throw gone(e);
    }
    if (count > 0) {
      target.position(position + count);
    }
    return count;
  }

  private int readThrough(ByteBuffer direct, ByteBuffer target) throws IOException {
    int count = read(direct.limit(Math.min(direct.capacity(), target.remaining())));
    if (count > 0) {
      target.put(direct.flip());
    }
    return count;
  }

  @Override
  public long write(ByteBuffer[] sources, int from, int to) throws IOException {
    ByteBuffer gathered = sockets.buffers().gather(sources, from, to);
    if (!gathered.hasRemaining()) {
      return 0;
    }
    try {
      int written =
          socket.sendAddress(
              sockets.outputAddress.of(gathered), gathered.position(), gathered.limit());
      StreamBuffers.advance(sources, from, to, written);
      return written;
    } catch (NotYetConnectedException e) {
      throw gone(e);
    }
  }

  @Override
  public void watch(int events) {
    if (registration != null) {
      registration.update(events);
    } else if (events != 0) {
      registration = sockets.watch(socket, events, this);
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    try {
      socket.shutdown(false, true);
    } catch (NotYetConnectedException e) {
      throw gone(e);
    }
  }

  // The kernel reports ENOTCONN for a connection that was reset earlier.
  private static IOException gone(NotYetConnectedException e) {
    ClosedChannelException closed = new ClosedChannelException();
    closed.initCause(e);
    return closed;
  }

  @Override
  public void close() {
    if (registration != null) {
      registration.cancel();
    }
    close(socket);
  }

  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      System.getLogger("dev.ioloop").log(Level.DEBUG, "Cannot close a socket", e);
    }
  }

  @Override
  public @Nullable SocketAddress localAddress() {
    if (!(remote instanceof UnixDomainSocketAddress)) {
      return socket.isOpen() ? socket.localAddress() : null;
    }
    return UnixDomainSocketAddress.of("");
  }

  @Override
  public SocketAddress remoteAddress() {
    return remote;
  }

  @Override
  public void setNodelay(boolean nodelay) throws IOException {
    if (!(remote instanceof UnixDomainSocketAddress)) {
      socket.setTcpNoDelay(nodelay);
    }
  }

  @Override
  public void setKeepAlive(boolean keepAlive) throws IOException {
    if (!(remote instanceof UnixDomainSocketAddress)) {
      socket.setKeepAlive(keepAlive);
    }
  }
}
