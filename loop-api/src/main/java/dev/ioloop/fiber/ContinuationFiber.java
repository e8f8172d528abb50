package dev.ioloop.fiber;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * A fiber on the JDK's own continuations. The body runs on the thread that resumes it; switching
 * takes about a hundred nanoseconds.
 *
 * <p>{@code jdk.internal.vm.Continuation} exists from JDK 21 on and must be exported to us. Only
 * this class uses it, through method handles in static finals, which cost no more than direct
 * calls.
 */
@SuppressWarnings("NullAway") // A handle is null only if no such fiber can be created.
public final class ContinuationFiber extends Fiber implements Runnable {
  private static final @Nullable MethodHandle NEW;
  private static final @Nullable MethodHandle RUN;
  private static final @Nullable MethodHandle YIELD;
  private static final @Nullable MethodHandle STACK_TRACE;
  private static final @Nullable String UNAVAILABLE_BECAUSE;

  static {
    MethodHandle create = null;
    MethodHandle run = null;
    MethodHandle yield = null;
    MethodHandle stackTrace = null;
    String because = null;
    try {
      Class<?> continuation = Class.forName("jdk.internal.vm.Continuation");
      Class<?> scope = Class.forName("jdk.internal.vm.ContinuationScope");
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      Object ours =
          lookup
              .findConstructor(scope, MethodType.methodType(void.class, String.class))
              .invoke("dev.ioloop");
      create =
          lookup
              .findConstructor(
                  continuation, MethodType.methodType(void.class, scope, Runnable.class))
              .bindTo(ours)
              .asType(MethodType.methodType(Object.class, Runnable.class));
      run =
          lookup
              .findVirtual(continuation, "run", MethodType.methodType(void.class))
              .asType(MethodType.methodType(void.class, Object.class));
      yield =
          lookup
              .findStatic(continuation, "yield", MethodType.methodType(boolean.class, scope))
              .bindTo(ours)
              .asType(MethodType.methodType(void.class));
      stackTrace =
          lookup
              .findVirtual(
                  continuation, "getStackTrace", MethodType.methodType(StackTraceElement[].class))
              .asType(MethodType.methodType(StackTraceElement[].class, Object.class));
    } catch (ClassNotFoundException e) {
      because = "this JDK has no continuations; use JDK 21 or newer";
    } catch (IllegalAccessException e) {
      because = "jdk.internal.vm is not exported to ioloop; start java with " + flag();
    } catch (Throwable e) {
      because = "this JDK's continuations are unknown to ioloop: " + e;
    }
    NEW = create;
    RUN = run;
    YIELD = yield;
    STACK_TRACE = stackTrace;
    UNAVAILABLE_BECAUSE = because;
  }

  private final Object continuation;

  /** The fiber around this one while it runs. Null directly under the loop, which saves a store. */
  private @Nullable Fiber outer;

  ContinuationFiber(Body body) {
    super(body);
    try {
      continuation = (Object) NEW.invokeExact((Runnable) this);
    } catch (Throwable e) {
      throw Sneaky.raise(e);
    }
  }

  /** Called by the continuation. */
  @Override
  public void run() {
    runBody();
  }

  /** Returns why continuations are not available, or null if they are. */
  static @Nullable String unavailableBecause() {
    return UNAVAILABLE_BECAUSE;
  }

  /** Returns whether a flag would make continuations available. */
  static boolean lacksOnlyFlag() {
    return UNAVAILABLE_BECAUSE != null && Runtime.version().feature() >= 21;
  }

  /** Returns the flag that exports what this class needs. */
  static String flag() {
    Module module = ContinuationFiber.class.getModule();
    return "--add-exports java.base/jdk.internal.vm="
        + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
  }

  @Override
  public void prepareInside(Carrier caller) {
    caller.keepMonitors();
  }

  @Override
  public void resume(Carrier caller) {
    Fiber before = caller.enter(this);
    if (before != null) {
      outer = before;
    }
    try {
      RUN.invokeExact(continuation);
    } catch (Throwable e) {
      throw Sneaky.raise(e);
    } finally {
      if (before != null) {
        outer = null;
      }
      caller.leave(before);
    }
  }

  @Override
  public void suspend() {
    try {
      YIELD.invokeExact();
    } catch (IllegalStateException e) {
      throw pinned(e);
    } catch (Throwable e) {
      throw Sneaky.raise(e);
    }
  }

  private IllegalStateException pinned(IllegalStateException e) {
    String message = String.valueOf(e.getMessage());
    String reason;
    if (message.contains("MONITOR")) {
      reason =
          "a synchronized block or method is on the stack; use dev.ioloop.locks to exclude other"
              + " coroutines";
    } else if (message.contains("NATIVE")) {
      reason =
          "a native frame is on the stack, such as that of a static initializer; await outside it";
    } else {
      reason = message;
    }
    return new IllegalStateException(body() + " cannot be suspended here: " + reason, e);
  }

  @Override
  public @Nullable Fiber outer() {
    return outer;
  }

  @Override
  public boolean isReusable() {
    return false;
  }

  @Override
  public void discard() {}

  @Override
  void awaitEnd() {}

  @Override
  public StackTraceElement[] stackTrace() {
    try {
      return (StackTraceElement[]) STACK_TRACE.invokeExact(continuation);
    } catch (Throwable e) {
      return new StackTraceElement[0];
    }
  }
}
