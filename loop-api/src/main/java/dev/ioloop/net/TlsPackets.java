package dev.ioloop.net;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import javax.net.ssl.SSLException;

/**
 * Direct buffers of the size of a TLS record, shared by all connections, which hold one only while
 * something is in it. Direct, because transports pass other memory through a buffer that the stream
 * reads into.
 */
final class TlsPackets {

  /** Stands for no buffer. */
  static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private static final int MAX_KEPT = 128;
  private static final int MAX_SIZE = 64 << 10;
  private static final ArrayDeque<ByteBuffer> FREE = new ArrayDeque<>();

  private TlsPackets() {}

  /**
   * Returns an empty buffer with room for {@code size} bytes.
   *
   * @throws SSLException if there is no direct memory for it, which ends one connection and not its
   *     loop
   */
  static ByteBuffer take(int size) throws SSLException {
    synchronized (FREE) {
      ByteBuffer last = FREE.peekLast();
      if (last != null && last.capacity() >= size) {
        return FREE.removeLast().clear();
      }
    }
    try {
      return ByteBuffer.allocateDirect(size);
    } catch (OutOfMemoryError e) {
      throw new SSLException("there is no direct memory for a TLS record", e);
    }
  }

  /** Gives a buffer back, if it is one of these, and returns {@link #NONE}. */
  static ByteBuffer release(ByteBuffer buffer) {
    if (buffer.isDirect() && buffer.capacity() <= MAX_SIZE) {
      synchronized (FREE) {
        if (FREE.size() < MAX_KEPT) {
          FREE.addLast(buffer);
        }
      }
    }
    return NONE;
  }
}
