package dev.ioloop.fiber;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** The JDK's virtual threads, which exist from JDK 21 on and cannot be named in code for JDK 17. */
public final class VirtualThreads {

  /** {@code Thread.isVirtual()}, or null before JDK 21. */
  private static final @Nullable MethodHandle IS_VIRTUAL;

  /** {@code Thread.ofVirtual().unstarted(task)}, or null before JDK 21. */
  private static final @Nullable MethodHandle UNSTARTED;

  static {
    MethodHandle isVirtual = null;
    MethodHandle unstarted = null;
    try {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      isVirtual =
          lookup.findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
      Class<?> builder = Class.forName("java.lang.Thread$Builder$OfVirtual");
      MethodHandle ofVirtual =
          lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(builder));
      unstarted =
          MethodHandles.foldArguments(
              lookup.findVirtual(
                  builder, "unstarted", MethodType.methodType(Thread.class, Runnable.class)),
              ofVirtual);
    } catch (ReflectiveOperationException e) {
      // An older JDK.
    }
    IS_VIRTUAL = isVirtual;
    UNSTARTED = unstarted;
  }

  private VirtualThreads() {}

  public static boolean exist() {
    return UNSTARTED != null;
  }

  /** Returns whether the calling thread is a virtual one. */
  public static boolean isCurrent() {
    try {
      return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invokeExact(Thread.currentThread());
    } catch (Throwable e) {
      throw Sneaky.raise(e);
    }
  }

  /** Creates a virtual thread if the JDK has them, else a daemon thread. Does not start it. */
  public static Thread orDaemon(String name, Runnable task) {
    if (UNSTARTED == null) {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    }
    try {
      Thread thread = (Thread) UNSTARTED.invokeExact(task);
      thread.setName(name);
      return thread;
    } catch (Throwable e) {
      throw Sneaky.raise(e);
    }
  }
}
