package dev.ioloop;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Returns the outcomes of several futures one by one, in the order in which they complete.
 *
 * <pre>{@code
 * WaitIterator<Integer> pages = new WaitIterator<>(fetching("long"), fetching("a"));
 * while (!pages.done()) {
 *   int size = await(pages.next());
 *   System.out.println("number " + pages.currentIndex() + " has " + size);
 * }
 * }</pre>
 *
 * <p>Call from the loop's thread only. Tornado: {@code gen.WaitIterator}.
 */
public final class WaitIterator<T extends @Nullable Object> {
  private final List<Future<T>> futures = new ArrayList<>();

  /** The indices of the futures that are done but were not handed out. */
  private final ArrayDeque<Integer> finished = new ArrayDeque<>();

  private final IOLoop loop = IOLoop.current();
  private final @Nullable Context context = Context.inUse ? Context.current() : null;
  private final Link link = new Link(this);
  private int handedOut;
  private int currentIndex = -1;

  /** The pending future of the last {@link #next}. */
  private @Nullable NextFuture<T> waiting;

  /** A future from {@link #next} whose wait had ended before its outcome came. */
  private @Nullable NextFuture<T> left;

  /** Waits for {@code futures}. Those that are done already come first, in this order. */
  @SafeVarargs
  @SuppressWarnings("varargs")
  public WaitIterator(CompletionStage<T>... futures) {
    this(List.of(futures));
  }

  /** Waits for {@code futures}. Those that are done already come first, in this order. */
  public WaitIterator(List<? extends CompletionStage<T>> futures) {
    for (CompletionStage<T> stage : futures) {
      this.futures.add(Future.adapt(stage));
    }
    for (int i = 0; i < this.futures.size(); i++) {
      Future<T> future = this.futures.get(i);
      if (future.isDone()) {
        finished.add(i);
      } else {
        loop.checkThread("WaitIterator()", "addCallback()");
        future.addDoneCallback(new Arrival(link, i));
      }
    }
  }

  /**
   * Links the futures, which may outlive the iterator, to the iterator. The link is strong only
   * while somebody waits for the next outcome.
   */
  private static final class Link extends WeakReference<WaitIterator<?>> {
    @SuppressWarnings("unused") // Keeps the iterator reachable.
    private volatile @Nullable WaitIterator<?> awaited;

    Link(WaitIterator<?> iterator) {
      super(iterator);
    }
  }

  /** The callback that is registered with a future. */
  private record Arrival(Link link, int index) implements Consumer<Future<?>> {
    @Override
    public void accept(Future<?> done) {
      WaitIterator<?> iterator = link.get();
      if (iterator != null) {
        iterator.arrive(index);
      }
    }
  }

  /** Called by {@link NextFuture}, on any thread. */
  void setAwaited(boolean awaited) {
    link.awaited = awaited ? this : null;
  }

  private void arrive(int index) {
    Runnable call = () -> finish(index);
    loop.post(context == null ? call : context.wrap(call));
  }

  private void finish(int index) {
    withdrawCancelled();
    if (waiting == null) {
      finished.add(index);
    } else {
      NextFuture<T> next = waiting;
      waiting = null;
      boolean deserted = next.isAwaitedOnlyBy(null);
      handOut(index, next);
      if (deserted) {
        left = next;
      }
    }
  }

  /** Takes back a {@link #next} that was cancelled while it waited, so that no outcome is lost. */
  private void withdrawCancelled() {
    if (waiting != null && waiting.isDone()) {
      waiting = null;
      handedOut--;
    }
  }

  private void handOut(int index, Future<T> to) {
    currentIndex = index;
    Gen.copy(futures.get(index), to);
  }

  /** Returns whether all outcomes were handed out. If so, there is no current future any more. */
  public boolean done() {
    withdrawCancelled();
    if (left != null && !left.isLookedAt() || handedOut < futures.size()) {
      return false;
    }
    currentIndex = -1;
    return true;
  }

  /**
   * Returns a future with the next outcome. If that is a failure, the iteration can still go on. If
   * the previous wait timed out or was cancelled and nobody has looked at its outcome, this returns
   * the future of the previous call, so that no outcome is lost.
   *
   * @throws NoSuchElementException if all were handed out
   * @throws IllegalStateException if somebody waits for the future of the previous call
   */
  public Future<T> next() {
    withdrawCancelled();
    NextFuture<T> previous = left;
    left = null;
    if (previous != null && !previous.isLookedAt()) {
      return previous;
    }
    if (waiting != null) {
      if (waiting.isAwaitedOnlyBy(null)) {
        return waiting;
      }
      throw new IllegalStateException("next() while the future of the previous call is pending");
    }
    if (handedOut == futures.size()) {
      throw new NoSuchElementException("all " + handedOut + " futures were handed out");
    }
    handedOut++;
    NextFuture<T> next = new NextFuture<>(this);
    if (finished.isEmpty()) {
      waiting = next;
    } else {
      handOut(finished.remove(), next);
    }
    return next;
  }

  /** Returns the index of the future whose outcome was handed out last, or -1. */
  public int currentIndex() {
    return currentIndex;
  }

  /** Returns the future whose outcome was handed out last, or null. */
  public @Nullable Future<T> currentFuture() {
    return currentIndex < 0 ? null : futures.get(currentIndex);
  }
}
