package dev.ioloop.spi;

import java.nio.ByteBuffer;

/**
 * The direct buffers that all streams of a loop share for reading and writing, so that no stream
 * holds its own. The content of a buffer is valid only until the next call that may use the buffer.
 * Call from the loop's thread only.
 */
public final class StreamBuffers {

  /** The size of each buffer in bytes: the most that a stream reads or writes at once. */
  public static final int SIZE = 64 << 10;

  private final ByteBuffer[] single = new ByteBuffer[1];
  private ByteBuffer input = ByteBuffer.allocate(0);
  private ByteBuffer output = input;

  /** Creates the buffers; memory is allocated on first use. */
  public StreamBuffers() {}

  /** Returns the cleared buffer that transports read into. */
  public ByteBuffer input() {
    if (input.capacity() == 0) {
      input = ByteBuffer.allocateDirect(SIZE);
    }
    return input.clear();
  }

  /**
   * Returns the buffer that a transport should pass to the system for {@code sources[from]}
   * (inclusive) to {@code sources[to]} (exclusive). If the first source with bytes is direct, that
   * source is returned; otherwise a direct copy of the sources before the next direct one, as far
   * as they fit. No position changes.
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

  /**
   * Advances the positions of the sources passed to {@link #gather} by {@code written} bytes in
   * total.
   */
  public static void advance(ByteBuffer[] sources, int from, int to, long written) {
    long left = written;
    for (int i = from; i < to && left > 0; i++) {
      int length = (int) Math.min(left, sources[i].remaining());
      sources[i].position(sources[i].position() + length);
      left -= length;
    }
  }

  /**
   * Returns a shared array that holds {@code source}, for one call of {@link
   * StreamTransport#write}.
   */
  public ByteBuffer[] single(ByteBuffer source) {
    single[0] = source;
    return single;
  }
}
