package dev.ioloop.netty;

import dev.ioloop.spi.Events;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import dev.ioloop.spi.StreamListener;
import dev.ioloop.spi.StreamSockets;
import dev.ioloop.spi.StreamTransport;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/** A listening native socket of one loop. */
final class SocketListener implements StreamListener {

  /** The address of a unix socket's client that is not bound to a path. */
  private static final SocketAddress UNNAMED = UnixDomainSocketAddress.of("");

  private final NativeSockets sockets;
  private final Socket socket;

  /** Null for TCP. */
  private final @Nullable SocketAddress unix;

  private final SocketAddress local;

  /** Written by accept: a length, and an address of that length. */
  private final byte[] address = new byte[26];

  private @Nullable Registration registration;

  SocketListener(NativeSockets sockets, Socket socket, @Nullable SocketAddress unix) {
    this.sockets = sockets;
    this.socket = socket;
    this.unix = unix;
    this.local = unix != null ? unix : socket.localAddress();
  }

  @Override
  public void start(ReadyHandler handler) {
    registration = sockets.watch(socket, Events.READ, handler);
  }

  @Override
  public @Nullable StreamTransport accept(StreamSockets serving) throws IOException {
    int fd = socket.accept(address);
    if (fd < 0) {
      return null;
    }
    NativeSockets owner = (NativeSockets) serving;
    Socket accepted = new Socket(fd);
    try {
      if (unix != null) {
        return new SocketTransport(owner, accepted, UNNAMED, false);
      }
      accepted.setTcpNoDelay(true);
      SocketAddress remote = NativeInetAddress.address(address, 1, address[0]);
      return new SocketTransport(owner, accepted, remote, false);
    } catch (IOException | RuntimeException e) {
      accepted.close();
      throw e;
    }
  }

  @Override
  public void watch(boolean on) {
    if (registration != null) {
      registration.update(on ? Events.READ : 0);
    }
  }

  @Override
  public SocketAddress localAddress() {
    return local;
  }

  @Override
  public void close() {
    if (registration != null) {
      registration.cancel();
    }
    refuse();
    SocketTransport.close(socket);
  }

  /**
   * Stops accepting explicitly, because a pending io_uring poll keeps the socket open until it is
   * cancelled.
   */
  private void refuse() {
    try {
      socket.shutdown(true, false);
    } catch (IOException | NotYetConnectedException e) {
      // Systems other than Linux can shut down only connections.
    }
  }
}
