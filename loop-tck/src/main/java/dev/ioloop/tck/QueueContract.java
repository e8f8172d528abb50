package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.queues.Queue;
import dev.ioloop.queues.QueueEmptyException;
import dev.ioloop.queues.QueueFullException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Queues: putting and getting, and waiting for it. */
@OnEachGenerator
public abstract class QueueContract extends LoopContract {

  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofHours(1);

  private final Queue<Object> queue = new Queue<>();
  private final Queue<Object> one = new Queue<>(1);

  /** Made by subclasses. */
  protected QueueContract() {}

  /** Gets an item, records it, and awaits once more. */
  private Future<Void> getter(String name) {
    return coroutine(
        () -> {
          try {
            events.add(name + " got " + await(queue.get()));
            await(moment);
            events.add(name + " goes on");
          } catch (CancellationException e) {
            events.add(name + " cancelled");
            throw e;
          }
        });
  }

  // Tornado: test_order
  @Test
  void itemsComeInTheOrderInWhichTheyWerePut() {
    for (int i : List.of(1, 3, 2)) {
      queue.putNowait(i);
    }
    events.add(queue.getNowait());
    events.add(queue.get().result());
    events.add(queue.get(Duration.ZERO).result());
    assertThat(events).containsExactly(1, 3, 2);
  }

  // Tornado: test_maxsize, test_full
  @Test
  void sizeIsTold() {
    assertThat(queue.maxsize()).isZero();
    assertThat(one.maxsize()).isEqualTo(1);
    assertThat(one.empty()).isTrue();
    assertThat(one.full()).isFalse();
    one.put("a");
    assertThat(one.qsize()).isEqualTo(1);
    assertThat(one.empty()).isFalse();
    assertThat(one.full()).isTrue();
    one.put("b");
    assertThat(one.qsize()).isEqualTo(1);
    for (int i = 0; i < 10; i++) {
      queue.putNowait(i);
    }
    assertThat(queue.full()).isFalse();
  }

  // Tornado: test_repr_and_str
  @Test
  void textShowsItemsAndWaiters() {
    one.put("a");
    one.put("b");
    queue.get();
    queue.get();
    assertThat(one).hasToString("Queue[maxsize=1, qsize=1, getters=0, putters=1, unfinished=1]");
    assertThat(queue).hasToString("Queue[maxsize=0, qsize=0, getters=2, putters=0, unfinished=0]");
  }

  @Test
  void badArgumentsAreRefused() {
    assertThatThrownBy(() -> new Queue<>(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxsize < 0: -1");
    List<Runnable> withoutItem =
        List.of(() -> one.put(null), () -> one.put(null, LONG), () -> one.putNowait(null));
    for (Runnable put : withoutItem) {
      assertThatThrownBy(put::run)
          .isInstanceOf(NullPointerException.class)
          .hasMessage("item == null");
    }
    List<Runnable> withoutTimeout =
        List.of(() -> one.put("a", null), () -> one.get(null), () -> one.join(null));
    for (Runnable use : withoutTimeout) {
      assertThatThrownBy(use::run)
          .isInstanceOf(NullPointerException.class)
          .hasMessage("timeout == null");
    }
    assertThat(one).hasToString("Queue[maxsize=1, qsize=0, getters=0, putters=0, unfinished=0]");
  }

  // Tornado: test_nonblocking_get_exception, test_nonblocking_put_exception
  @Test
  void nowaitFormsFailWhereTheOthersWouldWait() {
    assertThatThrownBy(one::getNowait)
        .isInstanceOf(QueueEmptyException.class)
        .hasMessageContaining("getNowait() from an empty queue");
    one.putNowait("a");
    assertThatThrownBy(() -> one.putNowait("b"))
        .isInstanceOf(QueueFullException.class)
        .hasMessageContaining("putNowait() into a full queue");
    assertThat(one.getNowait()).isEqualTo("a");
  }

  @Test
  void whatIsPossibleAtOnceDoesNotSuspend() {
    loop.runSync(
        () -> {
          loop.addCallback(record("turn"));
          for (int i = 0; i < 3; i++) {
            await(one.put(i));
            events.add(await(one.get()));
            await(one.put(i, LONG));
            events.add(await(one.get(LONG)));
          }
        });
    assertThat(events).startsWith(0, 0, 1, 1, 2, 2);
  }

  // Tornado: test_put_with_getters, test_nonblocking_put_with_getters
  @Test
  void putHandsTheItemToTheFirstGetterAndNobodyComesBetween() {
    loop.runSync(
        () -> {
          Future<Void> first = getter("first");
          Future<Void> second = getter("second");
          await(queue.put("a"));
          events.add("put, " + queue.qsize() + " left");
          assertThatThrownBy(queue::getNowait).isInstanceOf(QueueEmptyException.class);
          queue.putNowait("b");
          await(first);
          await(second);
        });
    assertThat(events)
        .containsExactly(
            "put, 0 left", "first got a", "second got b", "first goes on", "second goes on");
  }

  // Tornado: test_get_with_putters, test_blocking_put_wait
  @Test
  void getLetsTheFirstPutterIn() {
    one.putNowait("a");
    Future<Void> second = one.put("b");
    Future<Void> third = one.put("c");
    events.add(one.get().result());
    events.add(second.done());
    events.add(third.done());
    events.add(one.getNowait());
    events.add(third.done());
    events.add(one.full());
    events.add(one.getNowait());
    assertThat(events).containsExactly("a", true, false, "b", true, true, "c");
    assertThat(one).hasToString("Queue[maxsize=1, qsize=0, getters=0, putters=0, unfinished=3]");
  }

  // Tornado: test_blocking_put_wait
  @Test
  void putAfterAGetDoesNotOvertakeThePutterThatWaits() {
    loop.runSync(
        () -> {
          one.putNowait("a");
          Future<Void> waiting = one.put("b");
          events.add(await(one.get()));
          assertThatThrownBy(() -> one.putNowait("c")).isInstanceOf(QueueFullException.class);
          await(waiting);
          events.add(await(one.get()));
        });
    assertThat(events).containsExactly("a", "b");
  }

  // Tornado: test_get_timeout, test_get_clears_timed_out_getters
  @Test
  void getThatTimesOutLosesNoItem() {
    loop.runSync(
        () -> {
          Future<Object> timed = queue.get(SHORT);
          Future<Object> patient = queue.get(LONG);
          assertThatThrownBy(() -> await(timed))
              .isInstanceOf(LoopTimeoutException.class)
              .hasMessage("no item in the queue after PT0.001S");
          assertThat(queue.toString()).contains("getters=1");
          queue.putNowait("a");
          queue.putNowait("b");
          events.add(await(patient));
          events.add(await(queue.get()));
        });
    assertThat(events).containsExactly("a", "b");
    assertThat(loop.toString()).contains("timeouts=0");
  }

  // Tornado: test_put_timeout, test_put_clears_timed_out_putters
  @Test
  void putThatTimesOutNeverInsertsLater() {
    loop.runSync(
        () -> {
          one.putNowait("a");
          Future<Void> timed = one.put("timed", SHORT);
          Future<Void> patient = one.put("b", LONG);
          assertThatThrownBy(() -> await(timed))
              .isInstanceOf(LoopTimeoutException.class)
              .hasMessage("no room in the queue after PT0.001S");
          assertThat(one.toString()).contains("putters=1");
          events.add(await(one.get()));
          await(patient);
          events.add(await(one.get()));
          assertThat(one)
              .hasToString("Queue[maxsize=1, qsize=0, getters=0, putters=0, unfinished=2]");
        });
    assertThat(events).containsExactly("a", "b");
    assertThat(loop.toString()).contains("timeouts=0");
  }

  // Tornado: test_get_timeout_preempted, test_put_timeout_preempted
  @Test
  void whoWasServedTimesOutNoMore() {
    loop.runSync(
        () -> {
          Future<Object> get = queue.get(SHORT);
          one.putNowait("a");
          Future<Void> put = one.put("b", SHORT);
          queue.putNowait("c");
          one.getNowait();
          assertThat(loop.toString()).contains("timeouts=0");
          await(sleep(SHORT.multipliedBy(3)));
          events.add(await(get));
          await(put);
          events.add(one.getNowait());
        });
    assertThat(events).containsExactly("c", "b");
  }

  @Test
  void timeoutOfZeroOrLessDoesNotWait() {
    for (Duration now : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
      assertThat(one.get(now).exception()).isInstanceOf(LoopTimeoutException.class);
      events.add(one.put("a", now).exception());
      assertThat(one.put("b", now).exception()).isInstanceOf(LoopTimeoutException.class);
      events.add(one.get(now).result());
    }
    assertThat(events).containsExactly(null, "a", null, "a");
    assertThat(one.toString()).contains("qsize=0, getters=0, putters=0");
  }

  @Test
  void coroutineThatIsCancelledInGetLosesNoItem() {
    loop.runSync(
        () -> {
          Future<Void> cancelled = getter("cancelled");
          Future<Void> last = getter("last");
          cancelled.cancel(true);
          queue.putNowait("a");
          await(last);
        });
    assertThat(events).containsExactly("cancelled cancelled", "last got a", "last goes on");
  }

  @Test
  void coroutineThatIsCancelledAfterItWasGivenAnItemHasIt() {
    loop.runSync(
        () -> {
          Future<Void> cancelled = getter("cancelled");
          Future<Void> last = getter("last");
          queue.putNowait("a");
          cancelled.cancel(true);
          queue.putNowait("b");
          await(last);
          assertThat(cancelled.cancelled()).isTrue();
        });
    assertThat(events)
        .containsExactly("cancelled got a", "cancelled cancelled", "last got b", "last goes on");
  }

  @Test
  void coroutineThatIsCancelledInPutWithdrawsItsItem() {
    loop.runSync(
        () -> {
          one.putNowait("a");
          Future<Void> cancelled = coroutine(() -> await(one.put("cancelled")));
          Future<Void> last = coroutine(() -> await(one.put("b")));
          cancelled.cancel(true);
          events.add(await(one.get()));
          events.add(await(one.get()));
          await(last);
          assertThat(cancelled.cancelled()).isTrue();
        });
    assertThat(events).containsExactly("a", "b");
    assertThat(one.empty()).isTrue();
  }

  @Test
  void withdrawnItemIsNotHeld() throws InterruptedException {
    one.putNowait("a");
    WeakReference<Object> item = putAndCancel(new Object());
    Garbage.collectUntil(() -> item.get() == null);
    assertThat(one.toString()).contains("putters=0");
  }

  private WeakReference<Object> putAndCancel(Object item) {
    one.put(item).cancel(true);
    return new WeakReference<>(item);
  }

  @Test
  void shortWaitsLeaveNothingBehind() {
    loop.runSync(
        () -> {
          Future<Object> patient = queue.get();
          one.putNowait("a");
          for (int i = 0; i < 300; i++) {
            Future<Object> get = queue.get(Duration.ofNanos(1));
            Future<Void> put = one.put("never", Duration.ofNanos(1));
            queue.get(LONG).cancel(true);
            one.put("never", LONG).cancel(true);
            assertThatThrownBy(() -> await(get)).isInstanceOf(LoopTimeoutException.class);
            assertThatThrownBy(() -> await(put)).isInstanceOf(LoopTimeoutException.class);
          }
          assertThat(queue.toString()).contains("getters=1, putters=0");
          assertThat(one.toString()).contains("getters=0, putters=0, unfinished=1");
          assertThat(loop.toString()).contains("timeouts=0");
          queue.putNowait("b");
          events.add(await(patient));
        });
    assertThat(events).containsExactly("b");
  }

  @Test
  void getterThatWasEndedByOtherMeansIsPassedOver() {
    Future<Object> ended = queue.get();
    Future<Object> last = queue.get();
    ended.complete("mine");
    queue.putNowait("a");
    events.add(ended.result());
    events.add(last.result());
    assertThat(events).containsExactly("mine", "a");
  }

  @Test
  void callbackOfAWaiterMayUseTheQueueAtOnce() {
    one.putNowait("a");
    one.put("b")
        .addDoneCallback(
            done -> {
              events.add("b is in");
              events.add(one.getNowait());
              events.add(one.put("d").done());
            });
    one.put("c").addDoneCallback(done -> events.add("c is in"));
    events.add(one.getNowait());
    assertThat(events).containsExactly("b is in", "c is in", "b", false, "a");
    assertThat(one.toString()).contains("qsize=1, getters=0, putters=1");
  }
}
