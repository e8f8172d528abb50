package dev.ioloop.netty;

import java.util.List;

/** Tells by the stack whether a thread of Netty's waits for events or runs somebody's handler. */
final class NettyFrames {
  private static final List<String> WAITERS =
      List.of("io.netty.", "java.", "jdk.", "sun.", NettyPoller.class.getName());

  private NettyFrames() {}

  /** Returns whether all frames are Netty's, the JDK's below it, or the poller's. */
  static boolean wait(List<StackTraceElement> frames) {
    return frames.stream()
        .map(StackTraceElement::getClassName)
        .allMatch(name -> WAITERS.stream().anyMatch(name::startsWith));
  }
}
