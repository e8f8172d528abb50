package dev.ioloop.spi;

import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;

/**
 * Event bits: what a channel is watched for, and what it is ready for. The values are those of
 * epoll and {@code poll(2)}.
 */
public final class Events {

  /** The channel can be read or accepted from, or has reached its end. */
  public static final int READ = 0x001;

  /** The channel can be written, or its connect has finished. */
  public static final int WRITE = 0x004;

  /**
   * The channel failed or hung up. Reported to every handler that watches the channel for any
   * event, whether it asked for this one or not.
   */
  public static final int ERROR = 0x018;

  private static final int ALL = READ | WRITE | ERROR;

  private Events() {}

  /**
   * Checks that all bits are event bits.
   *
   * @throws IllegalArgumentException if there are other bits
   */
  public static void check(int events) {
    if ((events & ~ALL) != 0) {
      throw new IllegalArgumentException(
          "events are a combination of READ, WRITE and ERROR, but were: 0x"
              + Integer.toHexString(events));
    }
  }

  /**
   * Checks that a channel of this kind can have these events; a server socket, for instance, never
   * has WRITE.
   *
   * @throws IllegalArgumentException if it cannot, or if there are bits that are not event bits
   */
  public static void check(SelectableChannel channel, int events) {
    check(events);
    check(channel, "READ", events & READ, SelectionKey.OP_READ | SelectionKey.OP_ACCEPT);
    check(channel, "WRITE", events & WRITE, SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT);
  }

  private static void check(SelectableChannel channel, String name, int wanted, int operations) {
    if (wanted != 0 && (channel.validOps() & operations) == 0) {
      throw new IllegalArgumentException(
          "a channel of this kind is never ready for " + name + ": " + channel);
    }
  }
}
