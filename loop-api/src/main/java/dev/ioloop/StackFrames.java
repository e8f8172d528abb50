package dev.ioloop;

import java.util.ArrayList;
import java.util.List;

/** Picks from a stack the frames that tell a user something. */
final class StackFrames {
  private StackFrames() {}

  /** Returns the frames of a suspended body that are not ours or the JDK's switching below it. */
  static List<StackTraceElement> ofUser(StackTraceElement[] stack) {
    List<StackTraceElement> frames = new ArrayList<>();
    for (StackTraceElement frame : stack) {
      String name = frame.getClassName();
      if (!isSwitching(name)) {
        frames.add(frame);
      }
    }
    return frames;
  }

  static boolean isSwitching(String className) {
    return className.startsWith("jdk.internal.vm.")
        || className.startsWith("java.lang.invoke.")
        || className.startsWith("java.util.concurrent.locks.")
        || className.startsWith("jdk.internal.misc.")
        || className.startsWith("java.lang.VirtualThread")
        || className.startsWith("java.lang.Thread")
        || className.equals("java.lang.System$1")
        || className.equals(Runner.class.getName())
        || className.equals(Gen.class.getName())
        || className.equals(Fiber.class.getName())
        || className.equals(AwaitTrace.class.getName())
        || className.startsWith(Bodies.class.getName())
        || className.equals(ContinuationFiber.class.getName())
        || className.equals(ThreadFiber.class.getName());
  }
}
