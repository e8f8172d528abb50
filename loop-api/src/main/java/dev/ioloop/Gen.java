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
 * Coroutines and the functions that coroutines use. Meant to be imported statically.
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
 * <p>Never hold a JDK lock across an {@code await}: the loop's thread would block itself or enter
 * the lock a second time. Tornado: {@code tornado.gen}.
 */
@Plumbing
public final class Gen {

  /**
   * A future that is done; awaiting it nevertheless lets the loop run one iteration. Tornado:
   * {@code gen.moment}.
   */
  public static final Future<@Nullable Void> moment = Future.succeeded(null);

  private Gen() {}

  // Coroutines

  /**
   * Starts a coroutine and returns its future. The body runs in the caller until it first awaits
   * something that is not done; from then on the loop resumes it. An exception that the body throws
   * is stored in the future.
   *
   * <p>Cancelling the future is a request, unlike cancelling a {@link
   * java.util.concurrent.CompletableFuture}. A {@link CancellationException} is raised once, at the
   * body's present {@code await} or at the next one that waits. The body's {@code finally} blocks
   * run and may await. The future is done when the body has ended. The request is passed on to
   * whatever the coroutine alone waits for: a sleep, a place in a lock's or queue's line, work in
   * an executor, or a coroutine that nobody else awaits.
   *
   * <p>The value that the body returns is the result, even if it is a future: nobody awaits that
   * future. In debug mode, returning a pending future logs a warning, once for each line that
   * starts such a coroutine.
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

  /** Same as {@link #coroutine(Callable)}, for a body without a result. */
  public static Future<@Nullable Void> coroutine(Action body) {
    return coroutine(Bodies.of(body));
  }

  /**
   * Returns a body with a name, which is shown wherever coroutines are listed, for example by
   * {@link IOLoop#dump}: {@code coroutine(named("session of " + user, () -> serve(user)))}. Other
   * bodies are named after the class in which they are written.
   *
   * <p>Safe to call from any thread. Python: {@code asyncio.create_task(name=...)}.
   *
   * @param name is truncated to 200 characters; control characters are escaped as {@code
   *     \u005Cu{..}}
   */
  public static <T extends @Nullable Object> Callable<T> named(String name, Callable<T> body) {
    return Bodies.named(name, body);
  }

  /** Same as {@link #named(String, Callable)}, for a body without a result. */
  public static Callable<@Nullable Void> named(String name, Action body) {
    return Bodies.named(name, Bodies.of(body));
  }

  /**
   * Same as {@link #named(String, Callable)}, but computes the name each time it is shown, so that
   * a coroutine costs no text until somebody looks at it.
   *
   * @param name may be called on any thread, even after the body has ended; must not throw
   */
  public static <T extends @Nullable Object> Callable<T> named(
      Supplier<String> name, Callable<T> body) {
    return Bodies.named(name, body);
  }

  /** Same as {@link #named(Supplier, Callable)}, for a body without a result. */
  public static Callable<@Nullable Void> named(Supplier<String> name, Action body) {
    return Bodies.named(name, Bodies.of(body));
  }

  /**
   * Waits until {@code future} is done, then returns its result or throws the very exception that
   * it failed with, even a checked one. The loop goes on meanwhile. A future that is already done
   * does not suspend the coroutine.
   *
   * <p>Call from inside a coroutine only. Tornado: {@code yield}.
   *
   * @throws IllegalStateException outside a coroutine, or if the coroutine cannot be suspended
   *     because of a native frame or, before JDK 24, a monitor on its stack
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
   * Same as {@link #await(CompletionStage)}, but declares the checked exception that the future may
   * fail with, so that the compiler knows of it.
   *
   * @param declared the class of that exception; it has no effect at run time
   */
  public static <T extends @Nullable Object, X extends Throwable> T await(
      CompletionStage<T> future, Class<X> declared) throws X {
    return await(future);
  }

  /**
   * Same as {@link #await(CompletionStage)}, for any object that {@link #convertYielded} accepts.
   *
   * @throws BadYieldException if {@code yielded} cannot be awaited
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

  /** Returns the coroutine engine in use: "continuation" or "thread". */
  public static String generator() {
    return Fibers.engine();
  }

  /**
   * Chooses the coroutine engine for the coroutines and generators started from now on:
   * "continuation", "thread", or null for the default. Takes precedence over the system property
   * {@code dev.ioloop.generator}. Safe to call from any thread.
   *
   * @throws IllegalArgumentException if there is no such engine
   * @throws IllegalStateException if the engine is not available here; the message names what is
   *     missing
   */
  public static void configure(@Nullable String generator) {
    Fibers.configure(generator);
  }

  /**
   * Returns the elements of a publisher, for a {@code for} loop inside a coroutine. Elements are
   * requested one at a time, each when the {@code for} loop asks for it.
   *
   * <p>Call from the loop's thread only. Tornado: {@code async for}.
   */
  public static <T> Elements<T> elements(Flow.Publisher<T> publisher) {
    return new Elements<>(publisher);
  }

  // Futures

  /**
   * Returns a future with the outcome of {@code yielded}, which may be a {@link CompletionStage}, a
   * {@link java.util.concurrent.Flow.Publisher} (its first element counts), a collection or map of
   * such objects (as for {@link #multi}), or an object that a {@link dev.ioloop.spi.YieldConverter}
   * accepts. Tornado: {@code convert_yielded}.
   *
   * @throws BadYieldException if it is none of these
   */
  public static Future<@Nullable Object> convertYielded(@Nullable Object yielded) {
    return Yieldables.convert(yielded);
  }

  /** Returns {@code x} as a future: converted if possible, else as the result of a done future. */
  public static Future<@Nullable Object> maybeFuture(@Nullable Object x) {
    return x != null && Yieldables.isKnown(x) ? convertYielded(x) : Future.succeeded(x);
  }

  /**
   * Returns a future that is done after {@code delay}; zero or less means the next iteration.
   *
   * <p>Call from the loop's thread only. Tornado: {@code gen.sleep}.
   */
  public static Future<@Nullable Void> sleep(Duration delay) {
    return Sleep.start(IOLoop.current(), delay);
  }

  /**
   * Returns a future of all results, in the order of {@code futures}. It waits for all of them,
   * even if one has failed. Then it fails with the failure that comes first in that order, and the
   * other failures are logged. Tornado: {@code gen.multi}.
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

  /** Same as {@link #multi(Collection)}, with the keys and the order of {@code futures}. */
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
   * Returns a future with the outcome of {@code future}, or one that fails if {@code delay} passes
   * first. The timeout does not cancel {@code future}; if that fails later, the failure is logged.
   * A wait that has ended leaves nothing behind on {@code future}. Completing the returned future
   * in any way, or cancelling the coroutine that awaits it, ends the wait.
   *
   * <p>Call from the loop's thread only. Tornado: {@code gen.with_timeout}.
   *
   * @return a future that fails with {@link LoopTimeoutException} on a timeout
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
   * Starts {@code body} as a coroutine and cancels it when {@code delay} has passed. If the body
   * still ends with a result, because what it waited for was already done, that result is kept.
   *
   * <p>Call from the loop's thread only.
   *
   * @return a future that is done when the body has ended; it fails with {@link
   *     LoopTimeoutException} if the timeout cancelled the body, and with an {@link
   *     IllegalStateException} if the body returned a stage that is not done: await it in the body,
   *     or use {@link #withTimeout}
   */
  public static <T extends @Nullable Object> Future<T> timeout(Duration delay, Callable<T> body) {
    IOLoop loop = IOLoop.current();
    Objects.requireNonNull(delay, "delay == null");
    Objects.requireNonNull(body, "body == null");
    return coroutine(new TimeoutBody<>(loop, delay, body));
  }

  /** Same as {@link #timeout(Duration, Callable)}, for a body without a result. */
  public static Future<@Nullable Void> timeout(Duration delay, Action body) {
    return timeout(delay, Bodies.of(body));
  }

  /**
   * Returns a future with the outcome of {@code future}. Cancelling it leaves {@code future} alone.
   * Tornado has no counterpart; asyncio: {@code shield}.
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
            + " cannot be awaited; await a CompletionStage, a Flow.Publisher, or a collection or map"
            + " of these; await moment to let the loop run one iteration");
  }
}
