package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;

import dev.ioloop.Future;
import java.util.concurrent.CancellationException;

/** Shared by the contracts about cancellation: a coroutine that waits, and records the outcome. */
public abstract class WaiterContract extends LoopContract {

  /** Made by subclasses. */
  protected WaiterContract() {}

  /** Waits for {@code awaited}, records how that ended, and ends likewise. */
  final Future<String> waiter(String name, Future<?> awaited) {
    return coroutine(
        () -> {
          try {
            await(awaited);
            events.add(name + " resumed");
            return "result";
          } catch (CancellationException e) {
            events.add(name + " cancelled");
            throw e;
          } finally {
            events.add(name + " finally");
          }
        });
  }

  /** Awaits {@code future}, and ignores the outcome. */
  static void awaitEnd(Future<?> future) {
    try {
      await(future);
    } catch (CancellationException e) {
      // The outcome is asserted by the caller.
    }
  }
}
