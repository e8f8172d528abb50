package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.withTimeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.WaitIterator;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** WaitIterator: outcomes in the order in which they arrive. */
@OnEachGenerator
public abstract class WaitIteratorContract extends LoopContract {

  private final Future<String> a = new Future<>();
  private final Future<String> b = new Future<>();
  private final Future<String> c = new Future<>();

  /** Made by subclasses. */
  protected WaitIteratorContract() {}

  @Test
  void outcomesComeInTheOrderOfCompletionWithTheirIndices() {
    loop.runSync(
        () -> {
          WaitIterator<String> iterator = new WaitIterator<>(a, b, c);
          loop.addCallback(() -> c.setResult("c"));
          loop.addCallback(() -> a.setResult("a"));
          loop.addCallback(() -> b.setResult("b"));
          while (!iterator.done()) {
            events.add(await(iterator.next()) + " " + iterator.currentIndex());
          }
        });
    assertThat(events).containsExactly("c 2", "a 0", "b 1");
  }

  @Test
  void futuresThatAreDoneComeFirstInTheOrderOfTheArguments() {
    loop.runSync(
        () -> {
          c.setResult("c");
          b.setResult("b");
          WaitIterator<String> iterator = new WaitIterator<>(a, b, c);
          loop.addCallback(() -> a.setResult("a"));
          for (int i = 0; i < 3; i++) {
            Future<String> next = iterator.next();
            events.add(next.done());
            events.add(await(next));
            assertThat(iterator.currentFuture())
                .isSameAs(List.of(a, b, c).get(iterator.currentIndex()));
          }
        });
    assertThat(events).containsExactly(true, "b", true, "c", false, "a");
  }

  @Test
  void currentIndexIsMinusOneWhereThereIsNone() {
    loop.runSync(
        () -> {
          a.setResult("a");
          WaitIterator<String> iterator = new WaitIterator<>(a);
          events.add(iterator.currentIndex());
          events.add(iterator.currentFuture() == null);
          await(iterator.next());
          events.add(iterator.currentIndex());
          events.add(iterator.done());
          events.add(iterator.currentIndex());
          events.add(iterator.currentFuture() == null);
        });
    assertThat(events).containsExactly(-1, true, 0, true, -1, true);
  }

  @Test
  void failureIsRaisedAndTheIterationMayGoOn() {
    RuntimeException failure = new RuntimeException("failed on purpose");
    loop.runSync(
        () -> {
          WaitIterator<String> iterator = new WaitIterator<>(a, b);
          loop.addCallback(() -> a.setException(failure));
          loop.addCallback(() -> b.setResult("b"));
          assertThatThrownBy(() -> await(iterator.next())).isSameAs(failure);
          events.add(iterator.currentIndex());
          events.add(await(iterator.next()));
          events.add(iterator.done());
        });
    assertThat(events).containsExactly(0, "b", true);
  }

  @Test
  void oneFutureTwiceComesTwice() {
    loop.runSync(
        () -> {
          WaitIterator<String> iterator = new WaitIterator<>(a, a);
          loop.addCallback(() -> a.setResult("a"));
          events.add(await(iterator.next()) + iterator.currentIndex());
          events.add(await(iterator.next()) + iterator.currentIndex());
        });
    assertThat(events).containsExactly("a0", "a1");
  }

  @Test
  void iteratorOfNothingIsDone() {
    loop.runSync(
        () -> {
          WaitIterator<String> iterator = new WaitIterator<>(List.of());
          events.add(iterator.done());
          assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
        });
    assertThat(events).containsExactly(true);
  }

  @Test
  void secondNextWhileTheFirstIsPendingIsRefused() {
    loop.runSync(
        () -> {
          WaitIterator<String> iterator = new WaitIterator<>(a, b);
          Future<String> first = iterator.next();
          Future<String> waiting = coroutine(() -> await(first));
          assertThatThrownBy(iterator::next)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("pending");
          a.setResult("a");
          events.add(await(waiting));
        });
    assertThat(events).containsExactly("a");
  }

  @Test
  void aTimedOutNextLosesNothing() {
    loop.runSync(
        () -> {
          WaitIterator<String> iterator = new WaitIterator<>(a);
          Future<String> next = iterator.next();
          assertThatThrownBy(() -> await(withTimeout(Duration.ofMillis(1), next)))
              .isInstanceOf(LoopTimeoutException.class);
          a.setResult("a");
          await(moment);
          events.add(await(next));
        });
    assertThat(events).containsExactly("a");
  }

  private static void timeOut(WaitIterator<String> iterator) {
    assertThatThrownBy(() -> await(withTimeout(Duration.ZERO, iterator.next())))
        .isInstanceOf(LoopTimeoutException.class);
  }

  @Test
  void nextAfterATimeoutGivesWhatThePreviousOneWaitedFor() {
    loop.runSync(
        () -> {
          WaitIterator<String> iterator = new WaitIterator<>(a, b);
          timeOut(iterator);
          timeOut(iterator);
          loop.addCallback(() -> b.setResult("b"));
          events.add(await(withTimeout(Duration.ofHours(1), iterator.next())));
          events.add(iterator.currentIndex());
          a.setResult("a");
          events.add(await(iterator.next()));
          events.add(iterator.done());
        });
    assertThat(events).containsExactly("b", 1, "a", true);
  }

  @Test
  void outcomesThatCameWhileNobodyWaitedAreGivenByTheNextCalls() {
    RuntimeException failure = new RuntimeException("failed on purpose");
    loop.runSync(
        () -> {
          WaitIterator<String> iterator = new WaitIterator<>(a, b);
          timeOut(iterator);
          a.setException(failure);
          b.setResult("b");
          await(moment);
          await(moment);
          events.add(iterator.done());
          assertThatThrownBy(() -> await(iterator.next())).isSameAs(failure);
          events.add(iterator.currentIndex());
          events.add(await(iterator.next()));
          events.add(iterator.done());
        });
    assertThat(events).containsExactly(false, 0, "b", true);
  }

  @Test
  void outcomeThatSomebodyTookFromAFutureThatHeKeptIsNotGivenAgain() {
    loop.runSync(
        () -> {
          WaitIterator<String> iterator = new WaitIterator<>(a, b);
          Future<String> kept = iterator.next();
          a.setResult("a");
          await(moment);
          await(moment);
          events.add(await(kept));
          loop.addCallback(() -> b.setResult("b"));
          events.add(await(iterator.next()));
        });
    assertThat(events).containsExactly("a", "b");
  }

  @Test
  void cancelledWaiterLosesNothing() {
    loop.runSync(
        () -> {
          WaitIterator<String> iterator = new WaitIterator<>(a, b);
          for (boolean limited : new boolean[] {false, true}) {
            Future<String> waiting =
                coroutine(
                    () -> {
                      Future<String> next = iterator.next();
                      return await(limited ? withTimeout(Duration.ofHours(1), next) : next);
                    });
            waiting.cancel(true);
            WaiterContract.awaitEnd(waiting);
          }
          a.setResult("a");
          await(moment);
          await(moment);
          events.add(await(iterator.next()));
          b.setResult("b");
          events.add(await(iterator.next()));
        });
    assertThat(events).containsExactly("a", "b");
  }

  /** One way to use an iterator over {@code a} and a future that is never done, and to leave it. */
  private interface Use {
    void of(WaitIterator<Object> iterator, Future<Object> answer) throws Exception;
  }

  private void assertNothingIsKept(Use use) throws InterruptedException {
    Future<Object> shutdown = new Future<>();
    WeakReference<Object> left =
        loop.runSync(
            () -> {
              Future<Object> answer = new Future<>();
              WaitIterator<Object> iterator = new WaitIterator<>(answer, shutdown);
              use.of(iterator, answer);
              await(moment);
              await(moment);
              return new WeakReference<>(iterator);
            });
    Garbage.collectUntil(() -> left.get() == null);
    assertThat(shutdown.done()).isFalse();
  }

  @Test
  void iteratorThatWasLeftIsNotKeptByItsFutures() throws InterruptedException {
    assertNothingIsKept((iterator, answer) -> {});
    assertNothingIsKept((iterator, answer) -> iterator.next());
    assertNothingIsKept(
        (iterator, answer) -> {
          loop.addCallback(() -> answer.setResult("answer"));
          events.add(await(iterator.next()));
        });
    assertNothingIsKept(
        (iterator, answer) -> {
          iterator.next().thenAccept(events::add);
          answer.setResult("dependent");
        });
    assertThat(events).containsExactly("answer", "dependent");
  }

  @Test
  void iteratorThatWasLeftAfterAWaitInVainIsNotKeptByItsFutures() throws InterruptedException {
    assertNothingIsKept(
        (iterator, answer) -> {
          for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> await(withTimeout(Duration.ZERO, iterator.next())))
                .isInstanceOf(LoopTimeoutException.class);
          }
        });
    assertNothingIsKept(
        (iterator, answer) -> {
          Future<Object> waiting = coroutine(() -> await(iterator.next()));
          waiting.cancel(true);
          WaiterContract.awaitEnd(waiting);
        });
    assertNothingIsKept(
        (iterator, answer) -> {
          Future<Object> next = iterator.next();
          next.addDoneCallback(done -> events.add("cancelled " + done.isCancelled()));
          next.cancel(true);
        });
    assertThat(events).containsExactly("cancelled true");
  }

  @Test
  void nextThatSomebodyWaitsForIsKeptByTheFuturesAlone() throws InterruptedException {
    loop.runSync(
        () -> {
          new WaitIterator<>(a, c).next().addDoneCallback(done -> events.add(done.result()));
          new WaitIterator<>(a, c).next().thenAccept(events::add);
          coroutine(() -> events.add(await(new WaitIterator<>(a, c).next())));
          waitAgain(new WaitIterator<>(a, c).next());
        });
    Garbage.collect();
    loop.runSync(
        () -> {
          a.setResult("a");
          await(moment);
          await(moment);
        });
    assertThat(events).containsExactly("a", "a", "a", "a");
  }

  private void waitAgain(Future<String> next) {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> await(withTimeout(Duration.ZERO, next)))
          .isInstanceOf(LoopTimeoutException.class);
    }
    next.addDoneCallback(done -> events.add(done.result()));
  }

  @Test
  void printingAFutureOrAskingForItsStateTakesNoOutcome() {
    loop.runSync(
        () -> {
          WaitIterator<String> iterator = new WaitIterator<>(a, b);
          Future<String> next = iterator.next();
          a.setResult("a");
          await(moment);
          await(moment);
          assertThat(next.toString()).contains("[done]");
          assertThat(next.isCompletedExceptionally()).isFalse();
          assertThat(next.done()).isTrue();
          assertThat(iterator.done()).isFalse();
          events.add(await(iterator.next()));
          loop.addCallback(() -> b.setResult("b"));
          events.add(await(iterator.next()));
          events.add(iterator.done());
        });
    assertThat(events).containsExactly("a", "b", true);
  }
}
