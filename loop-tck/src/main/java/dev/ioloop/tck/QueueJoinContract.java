package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.queues.LifoQueue;
import dev.ioloop.queues.PriorityQueue;
import dev.ioloop.queues.Queue;
import dev.ioloop.queues.QueueEmptyException;
import dev.ioloop.queues.QueueShutDownException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The end of the work: counted tasks, and queues that are shut down. */
@OnEachGenerator
public abstract class QueueJoinContract extends LoopContract {

  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofHours(1);

  private final Queue<Integer> queue = new Queue<>();
  private final Queue<Integer> one = new Queue<>(1);

  /** Made by subclasses. */
  protected QueueJoinContract() {}

  private static List<Queue<Integer>> queues() {
    return List.of(new Queue<>(), new PriorityQueue<>(), new LifoQueue<>());
  }

  /** Gets items until the queue is shut down, and takes a moment for each. */
  private Future<Void> worker(String name, Queue<Integer> queue) {
    return coroutine(
        () -> {
          try {
            while (true) {
              int item = await(queue.get());
              events.add(name + " takes " + item);
              await(sleep(SHORT));
              queue.taskDone();
            }
          } catch (QueueShutDownException e) {
            events.add(name + " ends");
          }
        });
  }

  // The example of Tornado's documentation; test_task_done_delay
  @Test
  void joinWaitsUntilTheWorkIsDone() {
    for (Queue<Integer> each : queues()) {
      events.clear();
      loop.runSync(
          () -> {
            Future<Void> worker = worker("worker", each);
            each.putNowait(1);
            await(each.put(2));
            events.add(each.join().done());
            await(each.join());
            events.add("joined");
            each.shutdown();
            await(worker);
          });
      assertThat(events)
          .containsExactly(false, "worker takes 1", "worker takes 2", "joined", "worker ends");
    }
  }

  // Tornado: test_task_done_underflow
  @Test
  void taskDoneOnceTooOftenIsAnError() {
    for (Queue<Integer> each : queues()) {
      assertUnderflow(each);
      each.putNowait(1);
      each.taskDone();
      assertUnderflow(each);
    }
  }

  private static void assertUnderflow(Queue<Integer> queue) {
    assertThatThrownBy(queue::taskDone)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("taskDone() called more often than items were put");
  }

  // Tornado: test_join_empty_queue
  @Test
  void joinOfAQueueWithoutTasksIsDoneAtOnce() {
    for (Queue<Integer> each : queues()) {
      events.add(each.join().done());
      events.add(each.join(Duration.ZERO).done());
    }
    assertThat(events).containsOnly(true).hasSize(6);
  }

  @Test
  void whatWaitsForRoomCountsOnceItIsIn() {
    one.putNowait(1);
    Future<Void> waiting = one.put(2);
    one.taskDone();
    events.add(one.join().done());
    one.getNowait();
    events.add(waiting.done());
    Future<Void> join = one.join();
    events.add(join.done());
    one.taskDone();
    events.add(join.done());
    assertThat(events).containsExactly(true, true, false, true);
  }

  @Test
  void whatIsHandedToAGetterCounts() {
    Future<Integer> getter = queue.get();
    queue.putNowait(1);
    Future<Void> join = queue.join();
    events.add(getter.result());
    events.add(join.done());
    queue.taskDone();
    events.add(join.done());
    assertThat(events).containsExactly(1, false, true);
  }

  @Test
  void laterPutMakesJoinWaitAgain() {
    queue.putNowait(1);
    Future<Void> first = queue.join();
    Future<Void> second = queue.join();
    queue.taskDone();
    queue.putNowait(2);
    events.add(first.done());
    events.add(second.done());
    events.add(queue.join().done());
    assertThat(events).containsExactly(true, true, false);
  }

  // Tornado: test_join_timeout
  @Test
  void joinTimesOut() {
    loop.runSync(
        () -> {
          queue.putNowait(1);
          Future<Void> patient = queue.join(LONG);
          assertThatThrownBy(() -> await(queue.join(SHORT)))
              .isInstanceOf(LoopTimeoutException.class)
              .hasMessage("the queue has unfinished tasks after PT0.001S");
          assertThat(queue.join(Duration.ZERO).exception())
              .isInstanceOf(LoopTimeoutException.class);
          queue.taskDone();
          await(patient);
        });
    assertThat(loop.toString()).contains("timeouts=0");
  }

  // Tornado: test_producer_consumer
  @Test
  void producersAndConsumersMeet() {
    Queue<Integer> narrow = new Queue<>(3);
    List<Integer> got = new ArrayList<>();
    loop.runSync(
        () -> {
          for (int i = 0; i < 2; i++) {
            coroutine(
                () -> {
                  while (true) {
                    int item = await(narrow.get());
                    got.add(item);
                    await(sleep(Duration.ofNanos(item % 3)));
                    narrow.taskDone();
                  }
                });
          }
          for (int i = 0; i < 100; i++) {
            await(narrow.put(i));
          }
          await(narrow.join());
        });
    assertThat(got).hasSize(100).isSorted();
  }

  @Test
  void shutdownRefusesPutsAtOnce() {
    one.putNowait(1);
    one.shutdown();
    assertShutDown(one.put(2));
    assertShutDown(one.put(2, LONG));
    assertShutDown(one.put(2, Duration.ZERO));
    assertThatThrownBy(() -> one.putNowait(2))
        .isInstanceOf(QueueShutDownException.class)
        .hasMessage("put into a queue that was shut down");
    assertThat(one)
        .hasToString("Queue[maxsize=1, qsize=1, getters=0, putters=0, unfinished=1, shut down]");
  }

  private static void assertShutDown(Future<?> future) {
    assertThat(future.exception()).isInstanceOf(QueueShutDownException.class);
  }

  @Test
  void shutdownLetsGetsDrainTheQueueAndThenFail() {
    for (Queue<Integer> each : queues()) {
      events.clear();
      each.putNowait(1);
      each.putNowait(2);
      each.putNowait(3);
      each.shutdown();
      int sum = each.getNowait() + each.get().result() + each.get(LONG).result();
      assertThat(sum).isEqualTo(6);
      assertShutDown(each.get());
      assertShutDown(each.get(LONG));
      assertShutDown(each.get(Duration.ZERO));
      assertThatThrownBy(each::getNowait)
          .isInstanceOf(QueueShutDownException.class)
          .isNotInstanceOf(QueueEmptyException.class)
          .hasMessage("get from a queue that was shut down and is empty");
    }
  }

  // A queue whose close wakes one waiter only leaves the others behind for ever.
  @Test
  void shutdownWakesAllWhoWait() {
    loop.runSync(
        () -> {
          List<Future<Void>> workers = new ArrayList<>();
          for (String name : List.of("a", "b", "c")) {
            workers.add(worker(name, queue));
          }
          one.putNowait(1);
          List<Future<Void>> putters = List.of(one.put(2), one.put(3, LONG));
          queue.shutdown();
          one.shutdown();
          for (Future<Void> worker : workers) {
            await(worker);
          }
          putters.forEach(QueueJoinContract::assertShutDown);
          events.add(one.getNowait());
        });
    assertThat(events).containsExactly("a ends", "b ends", "c ends", 1);
    assertThat(one.empty()).isTrue();
    assertThat(loop.toString()).contains("timeouts=0");
  }

  @Test
  void allAreChosenBeforeTheFirstIsToldOfTheShutdown() {
    Future<?>[] again = new Future<?>[1];
    queue
        .get()
        .addDoneCallback(
            done -> {
              assertShutDown(done);
              events.add("first");
              again[0] = queue.get();
            });
    queue
        .get()
        .addDoneCallback(
            done -> {
              assertShutDown(done);
              events.add("second");
            });
    queue.shutdown();
    assertThat(events).containsExactly("first", "second");
    assertShutDown(again[0]);
  }

  @Test
  void joinWorksAfterAShutdown() {
    queue.putNowait(1);
    queue.shutdown();
    Future<Void> join = queue.join();
    queue.getNowait();
    events.add(join.done());
    queue.taskDone();
    events.add(join.done());
    assertThat(events).containsExactly(false, true);
    assertUnderflow(queue);
  }

  @Test
  void immediateShutdownDropsTheItemsAndCountsThemAsDone() {
    for (int i = 0; i < 3; i++) {
      queue.putNowait(i);
    }
    queue.getNowait();
    Future<Void> join = queue.join();
    queue.shutdown();
    queue.shutdown(true);
    events.add(queue.qsize());
    assertShutDown(queue.get());
    events.add(join.done());
    queue.taskDone();
    events.add(join.done());
    assertThat(events).containsExactly(0, false, true);
    assertUnderflow(queue);
  }

  @Test
  void immediateShutdownEndsAJoinForWhatItDropped() {
    queue.putNowait(1);
    queue.putNowait(2);
    Future<Void> join = queue.join();
    queue.shutdown(true);
    queue.shutdown(true);
    assertThat(join.done()).isTrue();
    assertThat(join.exception()).isNull();
    assertThat(queue)
        .hasToString("Queue[maxsize=0, qsize=0, getters=0, putters=0, unfinished=0, shut down]");
  }

  @Test
  void tasksThatWereDoneTooEarlyAreNotCountedTwice() {
    queue.putNowait(1);
    queue.taskDone();
    queue.shutdown(true);
    events.add(queue.join().done());
    assertThat(events).containsExactly(true);
  }
}
