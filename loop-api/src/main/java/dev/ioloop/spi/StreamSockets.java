package dev.ioloop.spi;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/**
 * Opens the sockets of one loop: TCP for an {@link java.net.InetSocketAddress}, unix for a {@link
 * java.net.UnixDomainSocketAddress}. Call from the loop's thread only.
 */
public interface StreamSockets {

  /**
   * Starts to connect; {@link StreamTransport#finishConnect} completes it.
   *
   * @param remote the address to connect to, resolved
   * @param local the address to connect from, or null for any
   * @throws IOException if the connect fails at once
   */
  StreamTransport connect(SocketAddress remote, @Nullable SocketAddress local) throws IOException;

  /**
   * Listens on an address.
   *
   * @param address the address; port zero picks a free port
   * @param backlog how many connections that are not accepted yet the system holds
   * @param reusePort whether other sockets that ask for the same may also listen here
   * @throws IOException if the system refuses
   * @throws UnsupportedOperationException if {@code reusePort} is not supported
   */
  StreamListener listen(SocketAddress address, int backlog, boolean reusePort) throws IOException;

  /**
   * Returns whether listening TCP sockets can share a port, even one that was released just now.
   */
  boolean canReusePort();

  /**
   * Returns a transport over a connected {@code SocketChannel}, a {@code Pipe.SourceChannel} or a
   * {@code Pipe.SinkChannel}. It makes the channel non-blocking, and closes it when the transport
   * is closed.
   *
   * @throws IllegalArgumentException if the channel is of another kind or closed
   */
  StreamTransport of(SelectableChannel channel);

  /** Returns the buffers that the streams of this loop share. */
  StreamBuffers buffers();
}
