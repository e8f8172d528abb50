package dev.ioloop.spi;

import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A listening socket of one loop. Call from the loop's thread only. */
public interface StreamListener {

  /**
   * Starts reporting: {@code handler} is called while connections are waiting to be accepted.
   * Called once.
   */
  void start(ReadyHandler handler);

  /**
   * Accepts a connection.
   *
   * @param sockets the sockets of the loop that will serve the connection; it may be another loop
   *     with the same backend
   * @return null if no connection is waiting
   * @throws IOException if a connection failed before it was accepted, or no descriptor is left
   */
  @Nullable StreamTransport accept(StreamSockets sockets) throws IOException;

  /**
   * Pauses or resumes the calls of the handler. The system accepts connections into the backlog
   * either way.
   */
  void watch(boolean on);

  /** Returns the bound address. */
  SocketAddress localAddress();

  /** Stops listening. A second call does nothing. */
  void close();
}
