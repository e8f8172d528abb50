package dev.ioloop.demo;

import static dev.ioloop.Gen.withTimeout;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.LoopTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends a read or a write that takes too long. It starts no coroutine for each of them, as {@code
 * timeout(..)} does, which costs two switches of threads on the engine "thread".
 */
final class IdleLimit {
  private IdleLimit() {}

  /**
   * Awaits a read or a write, which is cancelled if it takes longer than {@code limit}.
   *
   * @throws LoopTimeoutException if it does
   */
  static <T extends @Nullable Object> T await(Duration limit, Future<T> future) {
    try {
      return Gen.await(withTimeout(limit, future));
    } catch (LoopTimeoutException e) {
      future.cancel(true);
      throw e;
    }
  }
}
