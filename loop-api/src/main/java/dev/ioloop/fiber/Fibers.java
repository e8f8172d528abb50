package dev.ioloop.fiber;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Chooses the coroutine engine, on whose fibers coroutines and generators run. */
public final class Fibers {
  public static final String PROPERTY = "dev.ioloop.generator";
  public static final String CONTINUATION = "continuation";
  public static final String THREAD = "thread";

  private static final System.Logger LOG = System.getLogger("dev.ioloop");
  private static final AtomicBoolean SLOW_ENGINE_TOLD = new AtomicBoolean();
  private static final AtomicBoolean NEW_JDK_TOLD = new AtomicBoolean();

  /** The engine chosen by {@code Gen.configure}; null if the property or the default decides. */
  private static volatile @Nullable String configured;

  /** Whether new fibers are continuations; null until decided. */
  private static volatile @Nullable Boolean continuations;

  private Fibers() {}

  public static void configure(@Nullable String engine) {
    if (engine != null) {
      check(engine);
    }
    configured = engine;
    continuations = null;
  }

  /** Returns the name of the engine of the next fiber. */
  public static String engine() {
    return usesContinuations() ? CONTINUATION : THREAD;
  }

  public static Fiber create(Fiber.Body body) {
    if (usesContinuations()) {
      return new ContinuationFiber(body);
    }
    warnOfSlowEngine();
    return new ThreadFiber(body);
  }

  public static boolean usesContinuations() {
    Boolean decided = continuations;
    if (decided == null) {
      decided = decide();
      continuations = decided;
    }
    return decided;
  }

  private static boolean decide() {
    String name = askedFor();
    if (name != null) {
      check(name);
    }
    boolean decided =
        name != null
            ? name.equals(CONTINUATION)
            : ContinuationFiber.unavailableBecause() == null && doubt() == null;
    String remark = HeldMonitors.remarkOn(Runtime.version().feature());
    if (decided && remark != null && NEW_JDK_TOLD.compareAndSet(false, true)) {
      LOG.log(System.Logger.Level.INFO, remark);
    }
    return decided;
  }

  private static @Nullable String doubt() {
    return HeldMonitors.doubtOn(
        Runtime.version().feature(), System.getProperty("java.vm.name", ""));
  }

  private static @Nullable String askedFor() {
    String name = configured;
    if (name == null) {
      name = System.getProperty(PROPERTY, "");
    }
    return name.isEmpty() ? null : name;
  }

  private static void check(String engine) {
    if (engine.equals(THREAD)) {
      return;
    }
    if (!engine.equals(CONTINUATION)) {
      throw new IllegalArgumentException(
          "there is no coroutine engine named \""
              + engine
              + "\"; choose \"continuation\" or \"thread\"");
    }
    String because = ContinuationFiber.unavailableBecause();
    if (because != null) {
      throw new IllegalStateException(
          "the coroutine engine \"continuation\" was requested but is not available: "
              + because
              + (ContinuationFiber.lacksOnlyFlag()
                  ? ""
                  : ", and start it with " + ContinuationFiber.flag()));
    }
  }

  /**
   * Logs once how to get the fast engine, if it could be used and the slow one was not requested.
   */
  private static void warnOfSlowEngine() {
    if (askedFor() != null || SLOW_ENGINE_TOLD.get()) {
      return;
    }
    String doubt = doubt();
    String because =
        doubt != null
            ? doubt + " on continuations; choose them with -Ddev.ioloop.generator=continuation"
            : ContinuationFiber.lacksOnlyFlag() ? ContinuationFiber.unavailableBecause() : null;
    if (because != null && SLOW_ENGINE_TOLD.compareAndSet(false, true)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Coroutines run on helper threads, which is slow: "
              + because
              + ", or set -Ddev.ioloop.generator=thread to accept this");
    }
  }
}
