package dev.ioloop;

import dev.ioloop.diagnostics.Plumbing;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns the kinds of bodies that users pass into the one kind that a coroutine runs. */
@Plumbing
final class Bodies {

  private static final int MAX_NAME = 200;

  /** A callable that runs a body passed by the user. */
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

  /** A body that returns a stage, whose outcome is the body's. */
  private record OfAsync<T extends @Nullable Object>(AsyncCallable<T> body)
      implements Callable<T>, Wrapper {
    @Override
    @SuppressWarnings(
        "NullAway") // A body that returns no stage has the result null, whatever T says.
    public T call() throws Exception {
      CompletionStage<T> stage = body.call();
      return stage == null ? null : Gen.await(stage);
    }
  }

  /** A body with a name; the name is printable. */
  private record Named<T extends @Nullable Object>(Supplier<String> name, Callable<T> body)
      implements Callable<T>, Wrapper {
    @Override
    public T call() throws Exception {
      return body.call();
    }
  }

  private Bodies() {}

  static <T extends @Nullable Object> Callable<T> named(String name, Callable<T> body) {
    String printable = printable(name);
    return new Named<>(() -> printable, Objects.requireNonNull(body, "body == null"));
  }

  static <T extends @Nullable Object> Callable<T> named(Supplier<String> name, Callable<T> body) {
    Objects.requireNonNull(name, "name == null");
    return new Named<>(() -> printable(name.get()), Objects.requireNonNull(body, "body == null"));
  }

  private static String printable(String name) {
    StringBuilder printable = new StringBuilder();
    name.codePoints()
        .limit(MAX_NAME)
        .forEach(
            c -> {
              if (isPrintable(c)) {
                printable.appendCodePoint(c);
              } else {
                printable.append("\\u{").append(Integer.toHexString(c)).append('}');
              }
            });
    return printable.toString();
  }

  /** Returns whether a character can be shown in a line of text without altering the line. */
  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  static Callable<@Nullable Void> of(Action body) {
    return new OfAction(Objects.requireNonNull(body, "body == null"));
  }

  static <T extends @Nullable Object> Callable<T> of(AsyncCallable<T> body) {
    return new OfAsync<>(Objects.requireNonNull(body, "body == null"));
  }

  /** Returns whether a body has returned a pending stage, which nobody waits for. */
  static boolean isPending(@Nullable Object result) {
    if (result instanceof java.util.concurrent.Future<?> future) {
      return result instanceof CompletionStage && !future.isDone();
    }
    try {
      return result instanceof CompletionStage<?> stage && !stage.toCompletableFuture().isDone();
    } catch (UnsupportedOperationException e) {
      return false; // Unknown.
    }
  }

  /** Returns a display name for a body: its own name, or the class in which it is written. */
  static String describe(String kind, Object callable) {
    Object body = callable;
    while (body instanceof Wrapper wrapper) {
      if (body instanceof Named<?> named) {
        return kind.concat(" \"").concat(named.name().get()).concat("\"");
      }
      body = wrapper.body();
    }
    return kind.concat(" of ").concat(className(body));
  }

  /** Returns the name of the class in which a function is written. */
  static String className(Object function) {
    String name = function.getClass().getName();
    int lambda = name.indexOf("$$Lambda");
    return lambda < 0 ? name : name.substring(0, lambda);
  }
}
