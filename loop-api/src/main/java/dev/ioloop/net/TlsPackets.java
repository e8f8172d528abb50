package dev.ioloop.net;

import dev.ioloop.IOLoop;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import javax.net.ssl.SSLException;

/**
 * Direct buffers of the size of a TLS record. The connections of one loop share them, and a
 * connection holds one only while it contains bytes. They are direct because transports copy other
 * memory through a buffer that the stream reads into. Call from the loop's thread only, except
 * {@link #of}.
 */
final class TlsPackets {

  /** Stands for no buffer. */
  static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private static final int MAX_KEPT = 128;
  private static final int MAX_SIZE = 64 << 10;
  private static final Map<IOLoop, TlsPackets> LOOPS =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();

  private TlsPackets() {}

  /** Returns the buffers of a loop. */
  static TlsPackets of(IOLoop loop) {
    return LOOPS.computeIfAbsent(loop, first -> new TlsPackets());
  }

  /**
   * Returns an empty buffer with room for {@code size} bytes.
   *
   * @throws SSLException if there is no direct memory for it; this ends one connection but not its
   *     loop
   */
  ByteBuffer take(int size) throws SSLException {
    ByteBuffer last = free.peekLast();
    if (last != null && last.capacity() >= size) {
      return free.removeLast().clear();
    }
    try {
      return ByteBuffer.allocateDirect(size);
    } catch (OutOfMemoryError e) {
      throw new SSLException("there is no direct memory for a TLS record", e);
    }
  }

  /** Takes a direct buffer back unless it is too large to keep, and returns {@link #NONE}. */
  ByteBuffer release(ByteBuffer buffer) {
    if (buffer.isDirect() && buffer.capacity() <= MAX_SIZE && free.size() < MAX_KEPT) {
      free.addLast(buffer);
    }
    return NONE;
  }
}
