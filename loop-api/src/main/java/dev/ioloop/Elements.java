package dev.ioloop;

import dev.ioloop.fiber.Sneaky;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a {@link Flow.Publisher}, one by one, inside a coroutine: {@code hasNext}
 * requests the next element and awaits it.
 *
 * <pre>{@code
 * try (Elements<String> names = Gen.elements(publisher)) {
 *   for (String name : names) {
 *     System.out.println(await(fetching(name)));
 *   }
 * }
 * }</pre>
 *
 * <p>Closing cancels the subscription; it is needed only if the {@code for} loop may be left before
 * the last element. Cancelling the wait for an element also cancels the subscription and ends the
 * iteration. Call from inside a coroutine only. Tornado: {@code async for}.
 */
public final class Elements<T> implements Iterable<T>, AutoCloseable {
  private final Flow.Publisher<T> publisher;
  private @Nullable Subscriber<T> subscriber;

  Elements(Flow.Publisher<T> publisher) {
    this.publisher = Objects.requireNonNull(publisher, "publisher == null");
  }

  /**
   * Subscribes to the publisher. May be called once.
   *
   * @throws IllegalStateException if called a second time
   */
  @Override
  public Iterator<T> iterator() {
    if (subscriber != null) {
      throw new IllegalStateException("the elements of a publisher can be iterated over once");
    }
    subscriber = new Subscriber<>();
    publisher.subscribe(subscriber);
    return subscriber;
  }

  /**
   * Cancels the subscription and ends the iteration of a coroutine that waits for an element. Does
   * nothing if there is no subscription or it has ended.
   */
  @Override
  public void close() {
    if (subscriber != null) {
      subscriber.cancel();
    }
  }

  /** Signals may arrive on any thread, one at a time; everything else runs on the loop. */
  private static final class Subscriber<T> implements Iterator<T>, Flow.Subscriber<T> {
    /** The subscription; null if the publisher ended before it subscribed. */
    private final Future<Flow.@Nullable Subscription> subscription = Future.owned(() -> {});

    // Guarded by this.
    private @Nullable T element;
    private boolean requested;
    private boolean ended;
    private @Nullable Throwable failure;
    private @Nullable Future<Boolean> waiting;

    @Override
    public boolean hasNext() {
      Flow.@Nullable Subscription subscribed = Gen.await(subscription);
      Future<Boolean> answer = Future.owned(this::giveUp);
      boolean request;
      synchronized (this) {
        if (element != null) {
          return true;
        }
        if (ended) {
          if (failure != null) {
            throw Sneaky.raise(failure);
          }
          return false;
        }
        waiting = answer;
        request = !requested;
        requested = true;
      }
      if (request && subscribed != null) { // Null only after the end.
        subscribed.request(1);
      }
      return Gen.await(answer);
    }

    @Override
    public T next() {
      while (hasNext()) {
        synchronized (this) {
          T next = element;
          element = null;
          if (next != null) { // Otherwise this was cancelled meanwhile.
            return next;
          }
        }
      }
      throw new NoSuchElementException("the publisher has completed");
    }

    /** Called, on any thread, when the coroutine that waits for an element was cancelled. */
    private void giveUp() {
      synchronized (this) {
        if (!ended) {
          failure = new CancellationException("the wait for an element was cancelled");
        }
      }
      cancel();
    }

    void cancel() {
      Future<Boolean> answer;
      synchronized (this) {
        if (ended) {
          return;
        }
        ended = true;
        element = null;
        answer = takeWaiting();
      }
      if (answer != null) {
        answer.complete(false);
      }
      if (!subscription.complete(null) && !subscription.isCancelled()) {
        Flow.Subscription subscribed = subscription.result();
        if (subscribed != null) {
          subscribed.cancel();
        }
      }
    }

    @Override
    public void onSubscribe(Flow.Subscription subscribed) {
      Objects.requireNonNull(subscribed, "subscribed == null");
      if (!subscription.complete(subscribed)) {
        subscribed.cancel();
      }
    }

    @Override
    public void onNext(T next) {
      Objects.requireNonNull(next, "next == null");
      Future<Boolean> answer;
      synchronized (this) {
        if (ended) {
          return;
        }
        element = next;
        requested = false;
        answer = takeWaiting();
      }
      if (answer != null) {
        answer.complete(true);
      }
    }

    @Override
    public void onError(Throwable failure) {
      Objects.requireNonNull(failure, "failure == null");
      Future<Boolean> answer;
      synchronized (this) {
        if (ended) {
          return;
        }
        ended = true;
        this.failure = failure;
        answer = takeWaiting();
      }
      subscription.complete(null);
      if (answer != null) {
        answer.completeExceptionally(failure);
      }
    }

    @Override
    public void onComplete() {
      Future<Boolean> answer;
      synchronized (this) {
        ended = true;
        answer = takeWaiting();
      }
      subscription.complete(null);
      if (answer != null) {
        answer.complete(false);
      }
    }

    private synchronized @Nullable Future<Boolean> takeWaiting() {
      Future<Boolean> taken = waiting;
      waiting = null;
      return taken;
    }
  }
}
