package dev.ioloop.spi;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Moves the bytes of one stream, such as a socket, on behalf of one loop. It never blocks, and
 * holds back only the data that {@link #flush} reports. It knows nothing of pending reads and
 * writes. The stream holds those: it tries {@link #read} and {@link #write}, and if they move no
 * bytes, tells the transport through {@link #watch} what it waits for.
 *
 * <p>A transport may be layered on another one, as TLS is. It then maps what the stream waits for
 * to what it waits for itself.
 *
 * <p>Call from the loop's thread only. After an {@link IOException} the transport has failed for
 * good; it can only be {@linkplain #close closed}.
 */
public interface StreamTransport {

  /**
   * Starts reporting: from now on {@code handler} is called on the loop's thread when a watched
   * operation may have become possible. Called before the first {@link #watch}, and again if
   * another stream takes over this transport; nothing is watched at that point.
   */
  void start(ReadyHandler handler);

  /**
   * Continues the work that must precede the first byte: connecting, or a handshake. Until it is
   * done, the stream watches {@code WRITE} and calls this again when the handler is called.
   *
   * @return whether it is done; always true for a transport that starts connected
   */
  default boolean finishConnect() throws IOException {
    return true;
  }

  /** Returns whether this transport can be read; false for the sink of a pipe. */
  default boolean readable() {
    return true;
  }

  /** Returns whether this transport can be written; false for the source of a pipe. */
  default boolean writable() {
    return true;
  }

  /**
   * Reads available bytes into {@code target}, which has room. Fewer bytes than fit mean that no
   * more are available now. A transport that buffers more than fits calls the handler while {@code
   * READ} is watched, as a socket would.
   *
   * @return the number of bytes; 0 if none are available now, -1 if the peer has ended its output
   */
  int read(ByteBuffer target) throws IOException;

  /**
   * Accepts bytes of {@code sources[from]} (inclusive) to {@code sources[to]} (exclusive), and
   * advances their positions.
   *
   * @return the number of bytes; 0 if none can be accepted now
   */
  long write(ByteBuffer[] sources, int from, int to) throws IOException;

  /**
   * Passes on what {@link #write} or {@link #shutdownOutput} has accepted and this transport still
   * holds. While something is left, the stream watches {@code WRITE} and calls this again.
   *
   * @return whether nothing is left
   */
  default boolean flush() throws IOException {
    return true;
  }

  /**
   * Replaces the events that the handler is called for.
   *
   * @param events {@code IOLoop.READ}, {@code IOLoop.WRITE}, both, or zero. The handler may also be
   *     called for a failure or for other events; it finds out by trying
   */
  void watch(int events);

  /**
   * Ends the output. The peer sees the end once it has read everything before it. Input continues.
   */
  void shutdownOutput() throws IOException;

  /**
   * Ends both directions at once and releases the transport's resources; the handler is not called
   * again. An orderly end (TLS's close_notify) may continue in the background for a bounded time. A
   * second call does nothing.
   */
  void close();

  /** Returns the address of this side, or null if it has none. */
  default @Nullable SocketAddress localAddress() {
    return null;
  }

  /** Returns the address of the peer, or null if it has none. */
  default @Nullable SocketAddress remoteAddress() {
    return null;
  }

  /**
   * Sets whether small writes are sent at once instead of being collected. Does nothing by default,
   * for transports without this option.
   */
  default void setNodelay(boolean nodelay) throws IOException {}

  /**
   * Sets whether the system probes the connection while it is idle. Does nothing by default, for
   * transports without this option.
   */
  default void setKeepAlive(boolean keepAlive) throws IOException {}
}
