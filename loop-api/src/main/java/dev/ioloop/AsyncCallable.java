package dev.ioloop;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A body whose outcome is that of the stage it returns: {@code runSync(() -> asynSum(2, 3))}. */
@FunctionalInterface
public interface AsyncCallable<T extends @Nullable Object> {

  /** Starts the work. A null stage stands for the result null. */
  @Nullable CompletionStage<T> call() throws Exception;
}
