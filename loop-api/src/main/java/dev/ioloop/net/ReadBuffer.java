package dev.ioloop.net;

import java.nio.ByteBuffer;

/**
 * The bytes that one stream has received and not yet delivered. An empty buffer holds no memory.
 * Appending and taking cost amortized constant time per byte, whatever the sizes.
 */
final class ReadBuffer {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int MIN_CAPACITY = 256;

  /** The buffered bytes, from position to limit. */
  private ByteBuffer bytes = NOTHING;

  boolean isEmpty() {
    return !bytes.hasRemaining();
  }

  int size() {
    return bytes.remaining();
  }

  /** Returns the bytes. Take some by advancing the position, then call {@link #trim}. */
  ByteBuffer bytes() {
    return bytes;
  }

  /** Releases the memory if no bytes are left. */
  void trim() {
    if (!bytes.hasRemaining()) {
      bytes = NOTHING;
    }
  }

  /** Appends the remaining bytes of {@code more}. */
  void append(ByteBuffer more) {
    int length = more.remaining();
    if (length == 0) {
      return;
    }
    makeRoom(length);
    int end = bytes.limit();
    bytes.limit(end + length);
    bytes.put(end, more, more.position(), length);
    more.position(more.limit());
  }

  /**
   * Moves the bytes to the front if that frees at least half of the used space; otherwise grows the
   * array.
   */
  private void makeRoom(int length) {
    byte[] array = bytes.array();
    int size = bytes.remaining();
    if (array.length - bytes.limit() >= length) {
      return;
    }
    int start = bytes.position();
    if (start >= size && size + length <= array.length) {
      System.arraycopy(array, start, array, 0, size);
    } else {
      int capacity = (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(MIN_CAPACITY, size * 2L));
      capacity = Math.max(capacity, Math.addExact(size, length));
      byte[] larger = new byte[capacity];
      System.arraycopy(array, start, larger, 0, size);
      array = larger;
    }
    bytes = ByteBuffer.wrap(array, 0, size);
  }
}
