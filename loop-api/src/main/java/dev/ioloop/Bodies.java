package dev.ioloop;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Turns the kinds of bodies that users give into the one kind that a coroutine runs. */
final class Bodies {

  /** A callable that runs what the user gave. */
  interface Wrapper {
    Object body();
  }

  /** A body without a result. */
  private record OfAction(Action body) implements Callable<@Nullable Void>, Wrapper {
    @Override
    public @Nullable Void call() throws Exception {
      body.run();
      return null;
    }
  }

  /** A body whose outcome is that of the stage it returns. */
  private record OfAsync<T extends @Nullable Object>(AsyncCallable<T> body)
      implements Callable<T>, Wrapper {
    @Override
    public T call() throws Exception {
      CompletionStage<T> stage = body.call();
      return stage == null ? null : Gen.await(stage);
    }
  }

  private Bodies() {}

  static Callable<@Nullable Void> of(Action body) {
    return new OfAction(Objects.requireNonNull(body, "body == null"));
  }

  static <T extends @Nullable Object> Callable<T> of(AsyncCallable<T> body) {
    return new OfAsync<>(Objects.requireNonNull(body, "body == null"));
  }

  /** Returns a name for a body: the class in which it is written. */
  static String name(Object callable) {
    Object body = callable;
    while (body instanceof Wrapper wrapper) {
      body = wrapper.body();
    }
    String name = body.getClass().getName();
    int lambda = name.indexOf("$$Lambda");
    return lambda < 0 ? name : name.substring(0, lambda);
  }
}
