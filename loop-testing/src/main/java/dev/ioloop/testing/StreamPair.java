package dev.ioloop.testing;

import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.spi.StreamTransport;
import java.util.List;

/**
 * Two streams of the current loop that are connected in memory: one reads what the other writes.
 * They do not use the system, so they work in virtual time, and the order of events is always the
 * same.
 *
 * <pre>{@code
 * StreamPair pair = StreamPair.open();
 * await(pair.left().write("hello".getBytes(UTF_8)));
 * String received = new String(await(pair.right().readBytes(5)), UTF_8);
 * }</pre>
 *
 * @param left one end
 * @param right the other end
 */
public record StreamPair(IOStream left, IOStream right) {

  /** The most bytes that may be under way in each direction. */
  static final int CAPACITY = 64 << 10;

  /** Opens a pair. Up to 64 KiB may be under way in each direction. */
  public static StreamPair open() {
    return open(CAPACITY, CAPACITY);
  }

  /**
   * Opens a pair that moves one byte at a time, and holds one. It finds code that relies on reading
   * at once what was written at once.
   */
  public static StreamPair oneByteAtATime() {
    return open(1, 1);
  }

  private static StreamPair open(int capacity, int most) {
    List<StreamTransport> ends = MemoryTransport.pair(IOLoop.current(), capacity, most);
    return new StreamPair(IOStream.of(ends.get(0)), IOStream.of(ends.get(1)));
  }
}
