package dev.ioloop.netty;

import java.util.List;

/** Tells from a stack whether a Netty thread waits for events or runs a user's handler. */
final class NettyFrames {
  private static final List<String> WAITERS =
      List.of("io.netty.", "java.", "jdk.", "sun.", NettyPoller.class.getName());

  private NettyFrames() {}

  /** Returns whether all frames belong to Netty, the JDK or the poller. */
  static boolean wait(List<StackTraceElement> frames) {
    return frames.stream()
        .map(StackTraceElement::getClassName)
        .allMatch(name -> WAITERS.stream().anyMatch(name::startsWith));
  }
}
