package dev.ioloop.net;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

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

  /** Returns an empty buffer with room for {@code size} bytes. */
  static ByteBuffer take(int size) {
    synchronized (FREE) {
      ByteBuffer last = FREE.peekLast();
      if (last != null && last.capacity() >= size) {
        return FREE.removeLast().clear();
      }
    }
    return ByteBuffer.allocateDirect(size);
  }

  /** Gives a buffer back, and returns {@link #NONE}. */
  static ByteBuffer release(ByteBuffer buffer) {
    if (buffer != NONE && buffer.capacity() <= MAX_SIZE) {
      synchronized (FREE) {
        if (FREE.size() < MAX_KEPT) {
          FREE.addLast(buffer);
        }
      }
    }
    return NONE;
  }
}
