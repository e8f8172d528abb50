package dev.ioloop;

import dev.ioloop.diagnostics.Plumbing;
import dev.ioloop.fiber.Fibers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Coroutines, and what they are made of: to be imported statically.
 *
 * <pre>{@code
 * static Future<Integer> sumOf(Future<Integer> a, Future<Integer> b) {
 *   return coroutine(
 *       () -> {
 *         await(sleep(Duration.ofMillis(10)));
 *         return await(a) + await(b);
 *       });
 * }
 * }</pre>
 *
 * <p>No JDK lock may be held across an {@code await}: the loop's thread would block itself, or
 * enter the lock a second time. Tornado: {@code tornado.gen}.
 */
@Plumbing
public final class Gen {

  /**
   * A future that is done, but awaiting it lets the loop run one iteration all the same. Tornado:
   * {@code gen.moment}.
   */
  public static final Future<@Nullable Void> moment = Future.succeeded(null);

  private Gen() {}

  // Coroutines

  /**
   * Starts a coroutine and returns its future. The body runs at once, in the caller, until it first
   * awaits something that is not done; from there on the loop resumes it. What it throws is stored
   * in the future.
   *
   * <p>Cancelling the future is a request, unlike {@link java.util.concurrent.CompletableFuture}'s:
   * a {@link CancellationException} is raised once, at the body's present {@code await} or the next
   * one that waits; {@code finally} blocks run and may await; the future is done when the body has
   * ended. The request is passed on to what the coroutine alone waits for: a sleep, a place in a
   * lock or a queue, work in an executor, or a coroutine that nobody else awaits.
   *
   * <p>What the body returns is the result, a future too: nobody awaits that. In debug mode a
   * pending one is warned of, once for each line that starts such a coroutine.
   *
   * <p>Call from the loop's thread only. Tornado: {@code gen.coroutine}.
   *
   * @throws IllegalStateException if the current loop runs on another thread
   */
  public static <T extends @Nullable Object> Future<T> coroutine(Callable<T> body) {
    Objects.requireNonNull(body, "body == null");
    ThreadState state = ThreadState.get();
    IOLoop loop = state.current;
    if (loop == null) {
      loop = IOLoop.instance();
    }
    loop.checkThread("coroutine()", "spawnCallback()");
    return Runner.start(state, loop, body);
  }

  /** As {@link #coroutine(Callable)}, for a body without a result. */
  public static Future<@Nullable Void> coroutine(Action body) {
    return coroutine(Bodies.of(body));
  }

  /**
   * Returns a body that bears a name where coroutines are listed, as by {@link IOLoop#dump}; others
   * are called after the class in which they are written: {@code coroutine(named("session of " +
   * user, () -> serve(user)))}.
   *
   * <p>Safe to call from any thread. Tornado, or rather asyncio: {@code create_task(name=..)}.
   *
   * @param name is shown up to its 200th character, control characters as {@code \u005Cu{..}}
   */
  public static <T extends @Nullable Object> Callable<T> named(String name, Callable<T> body) {
    return Bodies.named(name, body);
  }

  /** As {@link #named(String, Callable)}, for a body without a result. */
  public static Callable<@Nullable Void> named(String name, Action body) {
    return Bodies.named(name, Bodies.of(body));
  }

  /**
   * As {@link #named(String, Callable)}, with a name that is made each time it is shown, so that
   * coroutines which nobody looks at cost no text.
   *
   * @param name may be called on any thread, also after the body has ended; throws nothing
   */
  public static <T extends @Nullable Object> Callable<T> named(
      Supplier<String> name, Callable<T> body) {
    return Bodies.named(name, body);
  }

  /** As {@link #named(Supplier, Callable)}, for a body without a result. */
  public static Callable<@Nullable Void> named(Supplier<String> name, Action body) {
    return Bodies.named(name, Bodies.of(body));
  }

  /**
   * Waits until {@code future} is done, and returns its result or throws the very exception that it
   * failed with, checked ones too. The loop goes on meanwhile. A future that is done already does
   * not suspend.
   *
   * <p>Call from inside a coroutine only. Tornado: {@code yield}.
   *
   * @throws IllegalStateException outside a coroutine, or where a native frame or, before JDK 24, a
   *     monitor on the stack keeps it from being suspended
   * @throws BadYieldException if {@code future} is null
   */
  public static <T extends @Nullable Object> T await(CompletionStage<T> future) {
    AwaitingBody body = presentBody();
    if (future == null) {
      throw badYield(null);
    }
    return body.await(Future.adapt(future));
  }

  /**
   * As {@link #await(CompletionStage)}, and lets the compiler see the checked exception that the
   * future may fail with.
   *
   * @param declared the class of that exception; it has no effect at run time
   */
  public static <T extends @Nullable Object, X extends Throwable> T await(
      CompletionStage<T> future, Class<X> declared) throws X {
    return await(future);
  }

  /**
   * As {@link #await(CompletionStage)}, for whatever {@link #convertYielded} knows.
   *
   * @throws BadYieldException if it is nothing that can be awaited
   */
  public static @Nullable Object await(@Nullable Object yielded) {
    return presentBody().await(convertYielded(yielded));
  }

  private static AwaitingBody presentBody() {
    AwaitingBody body = ThreadState.presentBody();
    if (body == null) {
      throw new IllegalStateException(
          "await() outside a coroutine; start one with coroutine(..), or with IOLoop.runSync(..) from"
              + " a thread that runs no loop");
    }
    return body;
  }

  /** Returns the make of the coroutines that are started now: "continuation" or "thread". */
  public static String generator() {
    return Fibers.make();
  }

  /**
   * Chooses the make of the coroutines and generators started from now on, in place of the system
   * property {@code dev.ioloop.generator}: "continuation", "thread", or null for the default. Safe
   * to call from any thread.
   *
   * @throws IllegalArgumentException if there is no such make
   * @throws IllegalStateException if it cannot be had here; the message names what is missing
   */
  public static void configure(@Nullable String generator) {
    Fibers.configure(generator);
  }

  /**
   * Returns the elements of a publisher, for a {@code for} loop inside a coroutine. One element at
   * a time is requested, when the loop comes to it.
   *
   * <p>Call from the loop's thread only. Tornado: {@code async for}.
   */
  public static <T> Elements<T> elements(Flow.Publisher<T> publisher) {
    return new Elements<>(publisher);
  }

  // Futures

  /**
   * Returns a future with the outcome of {@code yielded}: of a {@link CompletionStage}, of the
   * first element of a {@link java.util.concurrent.Flow.Publisher}, of a collection or map of such
   * objects as by {@link #multi}, or of what a {@link dev.ioloop.spi.YieldConverter} knows.
   * Tornado: {@code convert_yielded}.
   *
   * @throws BadYieldException if it is none of these
   */
  public static Future<@Nullable Object> convertYielded(@Nullable Object yielded) {
    return Yieldables.convert(yielded);
  }

  /** Returns {@code x} as a future: converted where it can be, else as the result of a done one. */
  public static Future<@Nullable Object> maybeFuture(@Nullable Object x) {
    return x != null && Yieldables.isKnown(x) ? convertYielded(x) : Future.succeeded(x);
  }

  /**
   * Returns a future that is done after {@code delay}; zero or less is the next iteration.
   *
   * <p>Call from the loop's thread only. Tornado: {@code gen.sleep}.
   */
  public static Future<@Nullable Void> sleep(Duration delay) {
    return Sleep.start(IOLoop.current(), delay);
  }

  /**
   * Returns a future of all results, in the order of {@code futures}. It waits for all of them even
   * if one failed; then it fails with the failure that comes first in that order, and the others
   * are logged. Tornado: {@code gen.multi}.
   */
  public static <T extends @Nullable Object> Future<List<T>> multi(
      Collection<? extends CompletionStage<? extends T>> futures) {
    List<Future<? extends T>> children = new ArrayList<>(futures.size());
    for (CompletionStage<? extends T> future : futures) {
      children.add(Future.adapt(future));
    }
    return Multi.join(
        children,
        () -> {
          List<T> results = new ArrayList<>(children.size());
          for (Future<? extends T> child : children) {
            results.add(child.take());
          }
          return results;
        });
  }

  /** As {@link #multi(Collection)}, with the keys and the order of {@code futures}. */
  public static <K, V extends @Nullable Object> Future<Map<K, V>> multi(
      Map<K, ? extends CompletionStage<? extends V>> futures) {
    Map<K, Future<? extends V>> children = new LinkedHashMap<>();
    futures.forEach((key, future) -> children.put(key, Future.adapt(future)));
    return Multi.join(
        children.values(),
        () -> {
          Map<K, V> results = new LinkedHashMap<>();
          children.forEach((key, child) -> results.put(key, child.take()));
          return results;
        });
  }

  /**
   * Returns a future with the outcome of {@code future}, or that fails when {@code delay} has
   * passed before. What it waits for is not cancelled; if that fails later, it is logged. Nothing
   * of a wait that has ended is left on it. Ending the returned future in any way, or cancelling
   * the coroutine that awaits it, ends the wait.
   *
   * <p>Call from the loop's thread only. Tornado: {@code gen.with_timeout}.
   *
   * @return a future that fails with {@link LoopTimeoutException}
   */
  public static <T extends @Nullable Object> Future<T> withTimeout(
      Duration delay, CompletionStage<T> future) {
    IOLoop loop = IOLoop.current();
    Future<T> inner = Future.adapt(future);
    if (inner.isDone()) {
      Future<T> outcome = new Future<>();
      copy(inner, outcome);
      return outcome;
    }
    return TimedWait.start(loop, delay, inner);
  }

  /**
   * Starts {@code body} as a coroutine and cancels it when {@code delay} has passed. A body that
   * ends with a result all the same, because that had come before, keeps it.
   *
   * <p>Call from the loop's thread only.
   *
   * @return a future that is done when the body has ended; it fails with {@link
   *     LoopTimeoutException} if the body was cancelled by the timeout, and with an {@link
   *     IllegalStateException} if the body returned a stage that is not done: await it in the body,
   *     or use {@link #withTimeout}
   */
  public static <T extends @Nullable Object> Future<T> timeout(Duration delay, Callable<T> body) {
    IOLoop loop = IOLoop.current();
    Objects.requireNonNull(delay, "delay == null");
    Objects.requireNonNull(body, "body == null");
    return coroutine(new TimeoutBody<>(loop, delay, body));
  }

  /** As {@link #timeout(Duration, Callable)}, for a body without a result. */
  public static Future<@Nullable Void> timeout(Duration delay, Action body) {
    return timeout(delay, Bodies.of(body));
  }

  /**
   * Returns a future with the outcome of {@code future}, whose cancellation leaves {@code future}
   * alone. Tornado has none; asyncio: {@code shield}.
   */
  public static <T extends @Nullable Object> Future<T> shield(CompletionStage<T> future) {
    return FollowingFuture.of(Future.adapt(future));
  }

  /** Copies the outcome of a done future, and returns whether {@code to} was still pending. */
  static <T extends @Nullable Object> boolean copy(Future<T> done, Future<T> to) {
    Throwable failure = done.exception();
    return failure == null ? to.complete(done.take()) : to.completeExceptionally(failure);
  }

  static BadYieldException badYield(@Nullable Object yielded) {
    return new BadYieldException(
        (yielded == null ? "null" : "an object of " + yielded.getClass())
            + " cannot be awaited; a CompletionStage, a Flow.Publisher, a collection or a map of such"
            + " can, and moment where only a turn of the loop is wanted");
  }
}
