package dev.ioloop;

import dev.ioloop.fiber.ContinuationFiber;
import dev.ioloop.fiber.Fiber;
import dev.ioloop.fiber.ThreadFiber;
import dev.ioloop.iteration.Calls;
import dev.ioloop.iteration.HostedTurns;
import dev.ioloop.iteration.IterationRunner;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stacks as text, and the frames of them that tell a user something. */
final class StackFrames {
  private StackFrames() {}

  /**
   * Returns the frames of a suspended body that are not ours or the JDK's switching below it. Those
   * above the suspension are left out whatever they are: a helper thread that has handed its turn
   * over may still be inside the JDK's scheduler.
   */
  static List<StackTraceElement> ofUser(StackTraceElement[] stack) {
    List<StackTraceElement> frames = new ArrayList<>();
    for (StackTraceElement frame : stack) {
      String name = frame.getClassName();
      if (isSuspension(frame)) {
        frames.clear();
      } else if (!isSwitching(name)) {
        frames.add(plain(frame));
      }
    }
    return frames;
  }

  /**
   * Returns what a thread does for its loop: the frames above those of the loop itself, and of the
   * helper thread that runs a coroutine; all frames where the loop is not on the stack.
   */
  static List<StackTraceElement> toLoop(StackTraceElement[] stack) {
    int end = loopAt(stack);
    while (end > 0 && isOfBody(stack[end - 1].getClassName())) {
      end--;
    }
    return List.of(stack).subList(0, end);
  }

  /**
   * Returns the frames of a poll, the innermost first, or null where a thread with this stack runs
   * a callback or a handler of its loop.
   */
  static @Nullable List<StackTraceElement> ofPoll(StackTraceElement[] stack) {
    int end = loopAt(stack);
    if (end < stack.length && isOfCall(stack[end])) {
      return null;
    }
    List<StackTraceElement> frames = List.of(stack).subList(0, end);
    for (StackTraceElement frame : frames) {
      if (frame.getClassName().startsWith("dev.ioloop.net.")) { // Told by the poller itself.
        return null;
      }
    }
    return frames;
  }

  /** Returns whether a thread with this stack is giving its turn to another, or getting it. */
  static boolean isHandOver(StackTraceElement[] stack) {
    int at = loopAt(stack);
    return at < stack.length && stack[at].getMethodName().equals("awaitTurn");
  }

  /** Returns where the innermost frame of a loop stands, or the length of the stack. */
  private static int loopAt(StackTraceElement[] stack) {
    int at = 0;
    while (at < stack.length && !isOfCall(stack[at]) && !isOfTurn(stack[at].getClassName())) {
      at++;
    }
    return at;
  }

  private static boolean isOfTurn(String className) {
    return isOf(className, IterationRunner.class) || isOf(className, HostedTurns.class);
  }

  /** Returns whether a frame is one from which a loop calls what is a user's. */
  private static boolean isOfCall(StackTraceElement frame) {
    return isOf(frame.getClassName(), ThreadFiber.class)
        || isOf(frame.getClassName(), Calls.class) && frame.getMethodName().equals("run");
  }

  /** Returns whether a frame lies between a loop and the body of a coroutine. */
  private static boolean isOfBody(String className) {
    return className.startsWith("jdk.internal.vm.")
        || isOf(className, Runner.class)
        || isOf(className, Fiber.class)
        || isOf(className, ContinuationFiber.class)
        || isOf(className, Bodies.class);
  }

  /** Returns whether a frame is the one in which a body is left: those above are the JDK's. */
  static boolean isSuspension(StackTraceElement frame) {
    return frame.getMethodName().equals("suspend")
        && (isOf(frame.getClassName(), ThreadFiber.class)
            || isOf(frame.getClassName(), ContinuationFiber.class));
  }

  static boolean isSwitching(String className) {
    return className.startsWith("jdk.internal.vm.")
        || className.contains("$$Lambda")
        || className.startsWith("java.lang.invoke.")
        || className.startsWith("java.util.concurrent.locks.")
        || className.startsWith("jdk.internal.misc.")
        || className.startsWith("java.lang.VirtualThread")
        || className.startsWith("java.lang.Thread")
        || className.equals("java.lang.System$1")
        || isOf(className, Runner.class)
        || isOf(className, Gen.class)
        || isOf(className, Generator.class)
        || isOf(className, Fiber.class)
        || isOf(className, AwaitTrace.class)
        || isOf(className, Bodies.class)
        || isOf(className, TimeoutBody.class)
        || isOf(className, TaskGroup.class)
        || isOf(className, ContinuationFiber.class)
        || isOf(className, ThreadFiber.class);
  }

  /** Appends all frames, each after {@code before}. */
  static void append(StringBuilder text, String before, List<StackTraceElement> stack) {
    for (StackTraceElement frame : stack) {
      text.append(before).append(frame);
    }
  }

  /** Returns the frame without the names of its class loader and its module. */
  static StackTraceElement plain(StackTraceElement frame) {
    return new StackTraceElement(
        frame.getClassName(), frame.getMethodName(), frame.getFileName(), frame.getLineNumber());
  }

  /** Returns whether a frame belongs to {@code type}, to one of its members or its lambdas. */
  private static boolean isOf(String className, Class<?> type) {
    String name = type.getName();
    return className.equals(name) || className.startsWith(name + "$");
  }
}
