package dev.ioloop.tck;

import java.lang.ref.WeakReference;
import java.util.function.BooleanSupplier;

/** Waits for the garbage collector. */
final class Garbage {

  private Garbage() {}

  /** Garbage from the start: when it is collected, older garbage is collected, too. */
  private static final class Canary {
    private final WeakReference<Object> reference = new WeakReference<>(new Object());

    boolean collected() {
      return reference.get() == null;
    }
  }

  /** Collects the present garbage, and lets its cleaners run. */
  static void collect() throws InterruptedException {
    collectUntil(new Canary()::collected);
    Thread.sleep(20);
  }

  /** Collects until {@code condition} holds, for three seconds at most. */
  static void collectUntil(BooleanSupplier condition) throws InterruptedException {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > 3_000_000_000L) {
        throw new AssertionError("not collected: something still holds a reference");
      }
      System.gc();
      Thread.sleep(5);
    }
  }
}
