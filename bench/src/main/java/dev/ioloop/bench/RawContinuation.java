package dev.ioloop.bench;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's one-shot delimited continuation and nothing around it: the floor of all coroutines.
 * Method handles in static finals cost no more than direct calls.
 */
final class RawContinuation {
  private static final @Nullable MethodHandle NEW;
  private static final @Nullable MethodHandle RUN;
  private static final @Nullable MethodHandle YIELD;
  private static final @Nullable Throwable UNAVAILABILITY_CAUSE;

  static {
    MethodHandle create = null;
    MethodHandle run = null;
    MethodHandle yield = null;
    Throwable cause = null;
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      Class<?> type = Class.forName("jdk.internal.vm.Continuation");
      Class<?> scopeType = Class.forName("jdk.internal.vm.ContinuationScope");
      Object scope =
          lookup
              .findConstructor(scopeType, MethodType.methodType(void.class, String.class))
              .invoke("bench");
      create =
          lookup
              .findConstructor(type, MethodType.methodType(void.class, scopeType, Runnable.class))
              .bindTo(scope)
              .asType(MethodType.methodType(Object.class, Runnable.class));
      run =
          lookup
              .findVirtual(type, "run", MethodType.methodType(void.class))
              .asType(MethodType.methodType(void.class, Object.class));
      yield =
          lookup
              .findStatic(type, "yield", MethodType.methodType(boolean.class, scopeType))
              .bindTo(scope)
              .asType(MethodType.methodType(void.class));
    } catch (Throwable e) {
      cause = e;
    }
    NEW = create;
    RUN = run;
    YIELD = yield;
    UNAVAILABILITY_CAUSE = cause;
  }

  private RawContinuation() {}

  /** Throws an exception with the reason if there are no continuations. */
  static void check() {
    if (UNAVAILABILITY_CAUSE != null) {
      throw new IllegalStateException("no continuations on this JDK: " + UNAVAILABILITY_CAUSE);
    }
  }

  static Object create(Runnable body) {
    try {
      return (Object) NEW.invokeExact(body);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  static void run(Object continuation) {
    try {
      RUN.invokeExact(continuation);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Leaves the continuation that the caller runs in. */
  static void suspend() {
    try {
      YIELD.invokeExact();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
