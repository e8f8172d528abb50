package dev.ioloop.diagnostics;

import dev.ioloop.fiber.Fiber;
import dev.ioloop.fiber.ThreadFiber;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Formats stacks, and selects the frames that help users. */
public final class StackFrames {
  private static final String OURS = "dev.ioloop.";
  private static final String FIBER = Fiber.class.getPackageName() + ".";

  /** The package that runs the iterations of a loop. Only one of its classes calls user code. */
  private static final String ITERATION = OURS + "iteration.";

  /** The frames in that package between that class and the handler of a channel. */
  private static final String WATCHED = ITERATION + "WatchedChannels";

  /** Whether a class is marked as {@link Plumbing}, by class name as it appears in frames. */
  private static final Map<String, Boolean> PLUMBING = new ConcurrentHashMap<>();

  private StackFrames() {}

  /**
   * Returns the frames of a suspended body, without ours and the JDK's switching frames below it.
   * All frames above the suspension are omitted, whatever they are: a helper thread that has handed
   * control over may still be inside the JDK's scheduler.
   */
  public static List<StackTraceElement> ofUser(StackTraceElement[] stack) {
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
   * Returns what a thread does for its loop: the frames above those of the loop itself and of the
   * helper thread that runs a coroutine. Returns all frames if the loop is not on the stack.
   */
  public static List<StackTraceElement> toLoop(StackTraceElement[] stack) {
    int end = loopAt(stack);
    while (end > 0 && isOfBody(stack[end - 1].getClassName())) {
      end--;
    }
    return List.of(stack).subList(0, end);
  }

  /**
   * Returns the frames of a poll, innermost first, or null if a thread with this stack runs a
   * callback or a handler of its loop.
   */
  public static @Nullable List<StackTraceElement> ofPoll(StackTraceElement[] stack) {
    int end = loopAt(stack);
    if (end < stack.length && isOfCall(stack[end])) {
      return null;
    }
    List<StackTraceElement> frames = List.of(stack).subList(0, end);
    for (StackTraceElement frame : frames) {
      if (frame.getClassName().startsWith("dev.ioloop.net.")) { // Called by the poller itself.
        return null;
      }
    }
    return frames;
  }

  /**
   * Returns whether a thread with this stack is handing control to another thread or waiting for
   * it.
   */
  public static boolean isHandOver(StackTraceElement[] stack) {
    int at = loopAt(stack);
    return at < stack.length && stack[at].getMethodName().equals("awaitControl");
  }

  /** Returns the index of the innermost frame of a loop, or the length of the stack. */
  private static int loopAt(StackTraceElement[] stack) {
    int at = 0;
    while (at < stack.length && !isOfCall(stack[at]) && !isOfTurn(stack[at].getClassName())) {
      at++;
    }
    return at;
  }

  private static boolean isOfTurn(String className) {
    return className.startsWith(ITERATION) && !className.startsWith(WATCHED);
  }

  /** Returns whether a frame is one from which a loop calls user code. */
  private static boolean isOfCall(StackTraceElement frame) {
    return isOf(frame.getClassName(), ThreadFiber.class)
        || frame.getClassName().equals(ITERATION + "Calls");
  }

  /** Returns whether a frame lies between a loop and the body of a coroutine. */
  private static boolean isOfBody(String className) {
    return className.startsWith("jdk.internal.vm.") || isPlumbing(className);
  }

  /**
   * Returns whether a frame is the one in which a body is suspended; the frames above it are the
   * JDK's.
   */
  public static boolean isSuspension(StackTraceElement frame) {
    return frame.getMethodName().equals("suspend") && frame.getClassName().startsWith(FIBER);
  }

  public static boolean isSwitching(String className) {
    return className.startsWith("jdk.internal.vm.")
        || className.contains("$$Lambda")
        || className.startsWith("java.lang.invoke.")
        || className.startsWith("java.util.concurrent.locks.")
        || className.startsWith("jdk.internal.misc.")
        || className.startsWith("java.lang.VirtualThread")
        || className.startsWith("java.lang.Thread")
        || className.equals("java.lang.System$1")
        || isPlumbing(className);
  }

  /**
   * Returns whether one of our frames does not help users: a fiber's, or one marked as plumbing.
   */
  private static boolean isPlumbing(String className) {
    if (!className.startsWith(OURS)) {
      return false;
    }
    int nested = className.indexOf('$');
    return className.startsWith(FIBER)
        || PLUMBING.computeIfAbsent(
            nested < 0 ? className : className.substring(0, nested), StackFrames::isMarked);
  }

  private static boolean isMarked(String className) {
    try {
      return Class.forName(className, false, StackFrames.class.getClassLoader())
          .isAnnotationPresent(Plumbing.class);
    } catch (ClassNotFoundException | LinkageError e) {
      return false; // Loaded by another class loader, so not ours.
    }
  }

  /** Appends all frames, each after {@code before}. */
  public static void append(StringBuilder text, String before, List<StackTraceElement> stack) {
    for (StackTraceElement frame : stack) {
      text.append(before).append(frame);
    }
  }

  /** Returns the frame without the names of its class loader and its module. */
  public static StackTraceElement plain(StackTraceElement frame) {
    return new StackTraceElement(
        frame.getClassName(), frame.getMethodName(), frame.getFileName(), frame.getLineNumber());
  }

  /** Returns whether a frame belongs to {@code type}, its member classes or its lambdas. */
  private static boolean isOf(String className, Class<?> type) {
    String name = type.getName();
    return className.equals(name) || className.startsWith(name + "$");
  }
}
