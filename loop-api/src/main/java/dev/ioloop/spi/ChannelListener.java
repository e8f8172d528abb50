package dev.ioloop.spi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A JDK server channel that listens for one loop. */
final class ChannelListener implements StreamListener {

  private final Poller poller;
  private final ServerSocketChannel server;
  private @Nullable Registration registration;

  ChannelListener(Poller poller, ServerSocketChannel server) {
    this.poller = poller;
    this.server = server;
  }

  @Override
  public void start(ReadyHandler handler) {
    registration = poller.register(server, Events.READ, handler);
  }

  @Override
  public @Nullable StreamTransport accept(StreamSockets sockets) throws IOException {
    SocketChannel accepted = server.accept();
    if (accepted == null) {
      return null;
    }
    try {
      accepted.configureBlocking(false);
      if (accepted.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
        accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
      return sockets.of(accepted);
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
    try {
      return server.getLocalAddress();
    } catch (IOException e) {
      throw new UncheckedIOException("the listening socket is closed", e);
    }
  }

  @Override
  public void close() {
    if (registration != null) {
      registration.cancel();
    }
    try {
      server.close();
    } catch (IOException e) {
      System.getLogger("dev.ioloop")
          .log(System.Logger.Level.DEBUG, "Cannot close a listening socket", e);
    }
  }
}
