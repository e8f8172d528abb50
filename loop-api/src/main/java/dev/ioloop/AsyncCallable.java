package dev.ioloop;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A body that returns a stage, whose outcome is the body's: {@code runSync(() -> asynSum(2, 3))}.
 */
@FunctionalInterface
public interface AsyncCallable<T extends @Nullable Object> {

  /** Starts the work. A null stage means the result null. */
  @Nullable CompletionStage<T> call() throws Exception;
}
