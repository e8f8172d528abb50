package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.elements;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Action;
import dev.ioloop.Elements;
import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.testing.ExpectLog;
import dev.ioloop.testing.Testing;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;

/** The elements of a publisher in a for loop: the requests, and how the loop ends. */
@OnEachGenerator
public abstract class ElementsContract extends LoopContract {

  private final IOException failure = new IOException("failed on purpose");

  /** Made by subclasses. */
  protected ElementsContract() {}

  /** Publishes what the test sets, inside {@code request}, and records the requests. */
  private class Source implements Flow.Publisher<String>, Flow.Subscription {
    private final Queue<String> items;
    private Flow.Subscriber<? super String> subscriber;

    Source(String... items) {
      this.items = new ArrayDeque<>(List.of(items));
    }

    @Override
    public void subscribe(Flow.Subscriber<? super String> subscriber) {
      this.subscriber = subscriber;
      subscriber.onSubscribe(this);
    }

    @Override
    public void request(long n) {
      events.add("request " + n);
      if (items.isEmpty()) {
        return;
      }
      String item = items.remove();
      switch (item) {
        case "end" -> subscriber.onComplete();
        case "error" -> subscriber.onError(failure);
        default -> subscriber.onNext(item);
      }
      if ("end".equals(items.peek())) {
        subscriber.onComplete();
      }
    }

    @Override
    public void cancel() {
      events.add("cancel");
    }
  }

  private void recordAll(Elements<String> elements) {
    for (String element : elements) {
      events.add(element);
    }
    events.add("loop ends");
  }

  @Test
  void eachElementIsRequestedWhenTheLoopComesToIt() {
    loop.runSync(
        () -> {
          for (String element : elements(new Source("a", "b", "c", "end"))) {
            events.add(element);
            await(moment);
            events.add("handled " + element);
          }
        });
    assertThat(events)
        .containsExactly(
            "request 1",
            "a",
            "handled a",
            "request 1",
            "b",
            "handled b",
            "request 1",
            "c",
            "handled c");
  }

  @Test
  void nothingIsRequestedBeforeTheIterationBegins() {
    loop.runSync(
        () -> {
          Source source = new Source("a", "end");
          Elements<String> elements = elements(source);
          events.add(source.subscriber == null);
          Iterator<String> iterator = elements.iterator();
          events.add(source.subscriber == null);
          events.add(iterator.hasNext());
        });
    assertThat(events).containsExactly(true, false, "request 1", true);
  }

  @Test
  void publisherWithoutElementsEndsTheLoopAtOnce() {
    loop.runSync(() -> recordAll(elements(new Source("end"))));
    assertThat(events).containsExactly("request 1", "loop ends");
  }

  @Test
  void hasNextMayBeAskedAgainAndNextNeedsNoHasNext() {
    loop.runSync(
        () -> {
          Iterator<String> iterator = elements(new Source("a", "b", "end")).iterator();
          events.add(iterator.hasNext());
          events.add(iterator.hasNext());
          events.add(iterator.next());
          events.add(iterator.next());
          events.add(iterator.hasNext());
          assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
        });
    assertThat(events).containsExactly("request 1", true, true, "a", "request 1", "b", false);
  }

  @Test
  void failureIsThrownAfterTheElementsThatCameBefore() {
    loop.runSync(
        () -> {
          Iterator<String> iterator = elements(new Source("a", "error")).iterator();
          events.add(iterator.next());
          assertThatThrownBy(iterator::hasNext).isSameAs(failure);
          assertThatThrownBy(iterator::hasNext).isSameAs(failure);
          assertThatThrownBy(iterator::next).isSameAs(failure);
        });
    assertThat(events).containsExactly("request 1", "a", "request 1");
  }

  // The last element and the end come together, before anybody looks.
  @Test
  void failureRightBehindAnElementDoesNotSwallowIt() {
    Source source = new Source("a");
    loop.runSync(
        () -> {
          Iterator<String> iterator = elements(source).iterator();
          events.add(iterator.hasNext());
          source.subscriber.onError(failure);
          events.add(iterator.next());
          assertThatThrownBy(iterator::hasNext).isSameAs(failure);
        });
    assertThat(events).containsExactly("request 1", true, "a");
  }

  @Test
  void leavingTheLoopEarlyCancelsTheSubscription() {
    loop.runSync(
        () -> {
          Source source = new Source("a", "b", "end");
          try (Elements<String> elements = elements(source)) {
            for (String element : elements) {
              events.add(element);
              break;
            }
          }
          source.subscriber.onNext("late");
        });
    assertThat(events).containsExactly("request 1", "a", "cancel");
  }

  @Test
  void closeByAnotherCoroutineEndsTheIteration() {
    loop.runSync(
        () -> {
          Elements<String> elements = elements(new Source("a"));
          Future<Void> reader = coroutine(() -> recordAll(elements));
          elements.close();
          elements.close();
          await(reader);
        });
    assertThat(events).containsExactly("request 1", "a", "request 1", "cancel", "loop ends");
  }

  @Test
  void closeBeforeTheSubscriptionComesEndsTheIterationAndCancelsItWhenItComes() {
    loop.runSync(
        () -> {
          List<Flow.Subscriber<? super String>> subscribers = new ArrayList<>();
          Elements<String> elements = elements(subscribers::add);
          Future<Void> reader = coroutine(() -> recordAll(elements));
          elements.close();
          await(reader);
          subscribers.get(0).onSubscribe(new Source());
        });
    assertThat(events).containsExactly("loop ends", "cancel");
  }

  @Test
  void closeWhoseCancelThrowsEndsTheIteration() {
    Source source =
        new Source() {
          @Override
          public void cancel() {
            throw new IllegalStateException("cancel failed on purpose");
          }
        };
    loop.runSync(
        () -> {
          Elements<String> elements = elements(source);
          Future<Void> reader = coroutine(() -> recordAll(elements));
          assertThatThrownBy(elements::close).hasMessageContaining("cancel failed");
          await(reader);
        });
    assertThat(events).containsExactly("request 1", "loop ends");
  }

  // This breaks the rules of reactive streams, but publishers that refuse do it.
  @Test
  void endWithoutASubscriptionEndsTheLoop() {
    loop.runSync(
        () -> {
          recordAll(elements(Flow.Subscriber::onComplete));
          assertThatThrownBy(() -> recordAll(elements(subscriber -> subscriber.onError(failure))))
              .isSameAs(failure);
          Elements<String> late =
              elements(subscriber -> loop.addCallback(() -> subscriber.onError(failure)));
          assertThatThrownBy(() -> recordAll(late)).isSameAs(failure);
        });
    assertThat(events).containsExactly("loop ends");
  }

  @Test
  void closeAfterTheEndCancelsNothing() {
    loop.runSync(
        () -> {
          try (Elements<String> elements = elements(new Source("a", "end"))) {
            recordAll(elements);
          }
        });
    assertThat(events).containsExactly("request 1", "a", "loop ends");
  }

  @Test
  void closeBeforeTheIterationDoesNothing() {
    elements(new Source("a", "end")).close();
    assertThat(events).isEmpty();
  }

  @Test
  void elementsCanBeIteratedOverOnce() {
    Elements<String> elements = elements(new Source());
    elements.iterator();
    assertThatThrownBy(elements::iterator)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("once");
  }

  private Future<Void> consume(Source source) {
    return coroutine(
        () -> {
          try (Elements<String> elements = elements(source)) {
            recordAll(elements);
          } catch (CancellationException e) {
            events.add("cancelled");
            throw e;
          }
        });
  }

  @Test
  void cancellationWhileWaitingForAnElementCancelsTheSubscription() {
    loop.runSync(
        () -> {
          Future<Void> consumer = consume(new Source("a"));
          events.add("waiting");
          consumer.cancel(true);
          WaiterContract.awaitEnd(consumer);
        });
    assertThat(events)
        .containsExactly("request 1", "a", "request 1", "waiting", "cancel", "cancelled");
  }

  @Test
  void cancellationWhileWaitingForTheSubscriptionCancelsItWhenItComes() {
    loop.runSync(
        () -> {
          Source source =
              new Source("a") {
                @Override
                public void subscribe(Flow.Subscriber<? super String> subscriber) {
                  loop.addCallback(() -> loop.addCallback(() -> super.subscribe(subscriber)));
                }
              };
          Future<Void> consumer = consume(source);
          consumer.cancel(true);
          WaiterContract.awaitEnd(consumer);
          for (int i = 0; i < 3; i++) {
            await(moment);
          }
        });
    assertThat(events).containsExactly("cancelled", "cancel");
  }

  // A publisher may not have heard of the cancellation yet.
  @Test
  void failureThatComesAfterTheCloseIsDropped() {
    Source source = new Source();
    loop.runSync(
        () -> {
          Future<Void> consumer = consume(source);
          consumer.cancel(true);
          WaiterContract.awaitEnd(consumer);
        });
    try (ExpectLog log = Testing.expectLog("")) {
      loop.makeCurrent();
      source.subscriber.onError(failure);
      loop.close();
      log.assertCount(0);
    }
    assertThat(events).containsExactly("request 1", "cancel", "cancelled");
  }

  @Test
  void secondSubscriptionIsCancelledAndTheFirstGoesOn() {
    loop.runSync(
        () -> {
          Source source = new Source("a", "end");
          Iterator<String> iterator = elements(source).iterator();
          source.subscriber.onSubscribe(new Source());
          events.add(iterator.next());
        });
    assertThat(events).containsExactly("cancel", "request 1", "a");
  }

  @Test
  void elementsOfAnotherThreadComeToTheLoop() throws Exception {
    int many = 1_000;
    try (SubmissionPublisher<Integer> publisher =
        new SubmissionPublisher<>(OtherThread::execute, 4)) {
      OtherThread<Void> producer =
          OtherThread.run(
              () -> {
                while (!publisher.hasSubscribers()) {
                  Thread.onSpinWait();
                }
                for (int i = 1; i <= many; i++) {
                  publisher.submit(i);
                }
                publisher.close();
              });
      loop.runSync(
          () -> {
            int sum = 0;
            for (int element : elements(publisher)) {
              assertThat(IOLoop.current(false)).isSameAs(loop);
              sum += element;
            }
            events.add(sum);
          });
      producer.join();
    }
    assertThat(events).containsExactly(many * (many + 1) / 2);
  }

  @Test
  void producerOnAnotherThreadIsHeldBackWhereNobodyTakesItsElements() {
    SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>(Runnable::run, 1);
    loop.runSync(
        () -> {
          Iterator<Integer> iterator = elements(publisher).iterator();
          for (int i = 1; i <= 9; i++) {
            publisher.offer(
                i,
                (subscriber, dropped) -> {
                  events.add("dropped " + dropped);
                  return false;
                });
          }
          events.add(iterator.next());
          publisher.close();
        });
    assertThat(events).startsWith("dropped 2").endsWith("dropped 9", 1).hasSize(9);
  }

  @Test
  void failureOnAnotherThreadIsThrownAtTheLoop() {
    SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>(OtherThread::execute, 4);
    loop.runSync(
        () -> {
          Elements<Integer> elements = elements(publisher);
          Iterator<Integer> iterator = elements.iterator();
          OtherThread.execute(() -> publisher.closeExceptionally(failure));
          assertThatThrownBy(iterator::hasNext).isSameAs(failure);
        });
  }

  @Test
  void iterationOutsideACoroutineIsRefused() {
    Iterator<String> iterator = elements(new Source("a")).iterator();
    assertThatThrownBy(iterator::hasNext)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("coroutine");
  }

  @Test
  void nullsAreRefused() {
    assertThatThrownBy(() -> elements(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("publisher");
    Source source = new Source();
    elements(source).iterator();
    assertThatThrownBy(() -> source.subscriber.onNext(null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> source.subscriber.onError(null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> source.subscriber.onSubscribe(null))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  void failureOfTheSubscribeCallComesOutOfTheLoop() {
    Flow.Publisher<String> broken =
        subscriber -> {
          throw new IllegalStateException("subscribe failed on purpose");
        };
    assertThatThrownBy(() -> loop.runSync((Action) () -> recordAll(elements(broken))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("subscribe failed");
    assertThat(events).isEmpty();
  }

  @Test
  void cancelledWaitCancelsTheSubscriptionThoughNobodyCloses() {
    loop.runSync(
        () -> {
          Iterator<String> iterator = elements(new Source()).iterator();
          Future<Boolean> waiting = coroutine(iterator::hasNext);
          waiting.cancel(true);
          WaiterContract.awaitEnd(waiting);
          assertThatThrownBy(iterator::hasNext).isInstanceOf(CancellationException.class);
        });
    assertThat(events).containsExactly("request 1", "cancel");
  }
}
