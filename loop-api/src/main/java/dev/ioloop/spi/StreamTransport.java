package dev.ioloop.spi;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Moves the bytes of one stream, such as a socket, on behalf of one loop. It never blocks, keeps no
 * data back but what its {@link #flush} tells, and knows nothing of reads and writes that wait: a
 * stream holds those, tries {@link #read} and {@link #write}, and where they take nothing says by
 * {@link #watch} what it waits for.
 *
 * <p>A transport may stand on another one, as TLS does: then it maps what the stream waits for to
 * what itself has to wait for.
 *
 * <p>Call from the loop's thread only. Whatever throws an {@link IOException} has failed for good;
 * what is left to do is {@link #close}.
 */
public interface StreamTransport {

  /**
   * Begins: {@code handler} is told from now on, on the loop's thread, that what is watched may
   * have become possible. Called before the first {@link #watch}, and again where another stream
   * takes this transport over; nothing is watched then.
   */
  void start(ReadyHandler handler);

  /**
   * Goes on with what has to precede the first byte: connecting, or a handshake. While it is not
   * done, the stream watches {@code WRITE} and calls this again when told.
   *
   * @return whether it is done; always true for a transport that begins connected
   */
  default boolean finishConnect() throws IOException {
    return true;
  }

  /** Returns whether bytes can come from it at all, as they cannot from the sink of a pipe. */
  default boolean readable() {
    return true;
  }

  /** Returns whether it takes bytes at all, as the source of a pipe does not. */
  default boolean writable() {
    return true;
  }

  /**
   * Reads what is there into {@code target}, which has room. Less than fits means that nothing more
   * is there at present. A transport that itself holds more than fits tells the handler so while
   * {@code READ} is watched, as a socket would.
   *
   * @return how many bytes; 0 where there are none at present, -1 where the peer has ended
   */
  int read(ByteBuffer target) throws IOException;

  /**
   * Takes bytes of {@code sources[from]} up to but without {@code sources[to]}, and advances their
   * positions.
   *
   * @return how many bytes; 0 where none can be taken at present
   */
  long write(ByteBuffer[] sources, int from, int to) throws IOException;

  /**
   * Hands on what {@link #write} or {@link #shutdownOutput} has taken and this transport still
   * holds. While something is left, the stream watches {@code WRITE} and calls this again.
   *
   * @return whether nothing is left
   */
  default boolean flush() throws IOException {
    return true;
  }

  /**
   * Replaces what the handler is told of.
   *
   * @param events {@code IOLoop.READ}, {@code IOLoop.WRITE}, both, or zero. The handler may be told
   *     of a failure, and of more than was asked for; it finds out by trying
   */
  void watch(int events);

  /** Ends the output; the peer sees the end once it has read all before it. Input goes on. */
  void shutdownOutput() throws IOException;

  /**
   * Ends both directions at once and gives back what the transport holds; the handler is told
   * nothing more. What a polite end needs (TLS's close_notify) may go on for a bounded time behind
   * the scenes. A second call does nothing.
   */
  void close();

  /** Returns the address of this end, or null where there is none. */
  default @Nullable SocketAddress localAddress() {
    return null;
  }

  /** Returns the address of the peer, or null where there is none. */
  default @Nullable SocketAddress remoteAddress() {
    return null;
  }

  /** Sends small writes at once instead of collecting them, where there is such a choice. */
  default void setNodelay(boolean nodelay) throws IOException {}

  /** Has the system probe the connection while it is idle, where there is such a choice. */
  default void setKeepAlive(boolean keepAlive) throws IOException {}
}
