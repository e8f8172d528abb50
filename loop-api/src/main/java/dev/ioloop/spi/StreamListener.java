package dev.ioloop.spi;

import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A socket that listens, on behalf of one loop. Call from the loop's thread only. */
public interface StreamListener {

  /** Begins: {@code handler} is told while there are connections to accept. Called once. */
  void start(ReadyHandler handler);

  /**
   * Accepts a connection.
   *
   * @param sockets those of the loop that will serve it, which may be another one of the same kind
   * @return null where there is none at present
   * @throws IOException if one failed before it was accepted, or no descriptor is left
   */
  @Nullable StreamTransport accept(StreamSockets sockets) throws IOException;

  /** Pauses or resumes what the handler is told; the system goes on to take connections. */
  void watch(boolean on);

  /** Returns the bound address. */
  SocketAddress localAddress();

  /** Stops listening. A second call does nothing. */
  void close();
}
