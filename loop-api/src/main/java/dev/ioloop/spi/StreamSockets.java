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
   * Begins to connect; {@link StreamTransport#finishConnect} tells the end of it.
   *
   * @param remote resolved
   * @param local the address to connect from, or null for any
   * @throws IOException if it fails at once
   */
  StreamTransport connect(SocketAddress remote, @Nullable SocketAddress local) throws IOException;

  /**
   * Listens.
   *
   * @param address port zero for a free one
   * @param backlog how many connections the system holds that nobody has accepted
   * @param reusePort whether other sockets that ask for the same may listen here, too
   * @throws IOException if the system refuses
   * @throws UnsupportedOperationException if {@code reusePort} is not to be had
   */
  StreamListener listen(SocketAddress address, int backlog, boolean reusePort) throws IOException;

  /**
   * Returns whether listening sockets of TCP can share a port, also one that was given back just
   * now.
   */
  boolean canReusePort();

  /**
   * Returns the transport over a channel, which it makes non-blocking and will close: a connected
   * {@code SocketChannel}, a {@code Pipe.SourceChannel} or a {@code Pipe.SinkChannel}.
   *
   * @throws IllegalArgumentException for a channel of another kind, or a closed one
   */
  StreamTransport of(SelectableChannel channel);

  /** Returns what the streams of this loop read and write through. */
  StreamBuffers buffers();
}
