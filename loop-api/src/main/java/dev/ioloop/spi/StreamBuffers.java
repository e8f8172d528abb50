package dev.ioloop.spi;

import java.nio.ByteBuffer;

/**
 * The direct buffers that all streams of one loop read and write through, so that none of them
 * holds one of its own. What is in one lasts until the next call of anything that may use it. Call
 * from the loop's thread only.
 */
public final class StreamBuffers {

  /** How many bytes each buffer has: what a stream reads or writes at once. */
  public static final int SIZE = 64 << 10;

  private final ByteBuffer[] single = new ByteBuffer[1];
  private ByteBuffer input = ByteBuffer.allocate(0);
  private ByteBuffer output = input;

  /** Makes them; their memory is taken with the first use. */
  public StreamBuffers() {}

  /** Returns the empty buffer that a stream has its transport read into. */
  public ByteBuffer input() {
    if (input.capacity() == 0) {
      input = ByteBuffer.allocateDirect(SIZE);
    }
    return input.clear();
  }

  /**
   * Returns what a transport shall hand to the system of {@code sources[from]} up to but without
   * {@code sources[to]}: the first that has bytes itself where it is direct, else a direct copy of
   * as much as fits of those before the next direct one. No position moves.
   */
  public ByteBuffer gather(ByteBuffer[] sources, int from, int to) {
    int first = from;
    while (first < to - 1 && !sources[first].hasRemaining()) {
      first++;
    }
    if (sources[first].isDirect()) {
      return sources[first];
    }
    if (output.capacity() == 0) {
      output = ByteBuffer.allocateDirect(SIZE);
    }
    output.clear();
    for (int i = first; i < to && output.hasRemaining() && !sources[i].isDirect(); i++) {
      int length = Math.min(sources[i].remaining(), output.remaining());
      output.put(output.position(), sources[i], sources[i].position(), length);
      output.position(output.position() + length);
    }
    return output.flip();
  }

  /** Moves the positions of what {@link #gather} has looked at past {@code written} bytes. */
  public static void advance(ByteBuffer[] sources, int from, int to, long written) {
    long left = written;
    for (int i = from; i < to && left > 0; i++) {
      int length = (int) Math.min(left, sources[i].remaining());
      sources[i].position(sources[i].position() + length);
      left -= length;
    }
  }

  /** Returns an array of one, for one call of {@link StreamTransport#write}. */
  public ByteBuffer[] single(ByteBuffer source) {
    single[0] = source;
    return single;
  }
}
