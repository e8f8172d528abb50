package dev.ioloop.netty;

import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;

/** The loop's event bits, which are epoll's and {@code poll(2)}'s, and the checks on them. */
final class Events {

  static final int READ = 0x001;
  static final int WRITE = 0x004;

  /** {@code EPOLLERR | EPOLLHUP}: reported to all who watch anything, asked for or not. */
  static final int ERROR = 0x018;

  private static final int ALL = READ | WRITE | ERROR;

  private Events() {}

  /** Refuses bits that are no events. */
  static void check(int events) {
    if ((events & ~ALL) != 0) {
      throw new IllegalArgumentException(
          "events: 0x" + Integer.toHexString(events) + " (expected: READ, WRITE and ERROR only)");
    }
  }

  /** Refuses events that {@code channel} can never have, such as WRITE on a server socket. */
  static void check(SelectableChannel channel, int events) {
    check(events);
    int ops = channel.validOps();
    if ((events & READ) != 0 && (ops & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) == 0) {
      throw new IllegalArgumentException("cannot be watched for READ: " + channel);
    }
    if ((events & WRITE) != 0 && (ops & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) == 0) {
      throw new IllegalArgumentException("cannot be watched for WRITE: " + channel);
    }
  }
}
