package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.queues.LifoQueue;
import dev.ioloop.queues.PriorityQueue;
import dev.ioloop.queues.Queue;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Queues with an order of their own. */
@OnEachGenerator
public abstract class QueueOrderContract extends LoopContract {

  private record Task(int priority, String name) {}

  /** Made by subclasses. */
  protected QueueOrderContract() {}

  private void drain(Queue<?> queue) {
    while (!queue.empty()) {
      events.add(queue.getNowait());
    }
  }

  // Tornado: PriorityQueueJoinTest.test_order
  @Test
  void priorityQueueGivesTheLeastFirst() {
    Queue<Integer> queue = new PriorityQueue<>(2);
    queue.putNowait(1);
    queue.putNowait(0);
    assertThat(queue.full()).isTrue();
    events.add(queue.getNowait());
    events.add(queue.getNowait());
    queue.putNowait(3);
    queue.putNowait(2);
    drain(queue);
    assertThat(events).containsExactly(0, 1, 2, 3);
  }

  // The example of the documentation.
  @Test
  void priorityQueueTakesAComparator() {
    Queue<Task> queue = new PriorityQueue<>(0, Comparator.comparingInt(Task::priority));
    queue.putNowait(new Task(5, "sweep"));
    queue.putNowait(new Task(1, "answer"));
    queue.putNowait(new Task(3, "tidy"));
    while (!queue.empty()) {
      events.add(queue.getNowait().name());
    }
    assertThat(events).containsExactly("answer", "tidy", "sweep");
    assertThat(queue)
        .hasToString("PriorityQueue[maxsize=0, qsize=0, getters=0, putters=0, unfinished=3]");
  }

  // Tornado: LifoQueueJoinTest.test_order
  @Test
  void lifoQueueGivesTheNewestFirst() {
    Queue<Integer> queue = new LifoQueue<>();
    queue.putNowait(1);
    queue.putNowait(0);
    drain(queue);
    queue.putNowait(2);
    queue.putNowait(3);
    queue.putNowait(4);
    drain(queue);
    assertThat(events).containsExactly(0, 1, 4, 3, 2);
  }

  // As in Tornado, an item that has waited for room enters before the next item is chosen.
  @Test
  void itemThatWaitsForRoomTakesPartWhenAnItemIsGot() {
    Queue<Integer> least = new PriorityQueue<>(2);
    Queue<Integer> newest = new LifoQueue<>(2);
    for (Queue<Integer> queue : List.of(least, newest)) {
      queue.putNowait(5);
      queue.putNowait(7);
      Future<Void> waiting = queue.put(1);
      queue.put(6);
      events.add(queue.getNowait());
      events.add(waiting.done());
      drain(queue);
    }
    assertThat(events).containsExactly(1, true, 5, 6, 7, 1, true, 6, 7, 5);
  }

  @Test
  void itemIsHandedToTheOneWhoWaits() {
    for (Queue<Integer> queue : List.of(new PriorityQueue<Integer>(), new LifoQueue<Integer>())) {
      loop.runSync(
          () -> {
            Future<Boolean> getter = coroutine(() -> events.add(await(queue.get())));
            queue.putNowait(2);
            queue.putNowait(1);
            await(getter);
            drain(queue);
          });
    }
    assertThat(events).containsExactly(2, 1, 2, 1);
  }

  @Test
  void itemThatCannotBeComparedIsRefusedAndNothingIsLost() {
    Queue<Object> queue = new PriorityQueue<>();
    Future<Object> getter = queue.get();
    assertThatThrownBy(() -> queue.putNowait(new Object())).isInstanceOf(ClassCastException.class);
    queue.putNowait("a");
    events.add(getter.result());
    queue.putNowait("b");
    assertThatThrownBy(() -> queue.put(1)).isInstanceOf(ClassCastException.class);
    drain(queue);
    assertThat(events).containsExactly("a", "b");
    assertThat(queue.toString()).contains("unfinished=2");
  }

  @Test
  void itemThatWaitedAndCannotBeComparedFailsItsPutAlone() {
    Queue<Object> queue = new PriorityQueue<>(2);
    queue.putNowait("a");
    queue.putNowait("c");
    Future<Void> number = queue.put(1);
    Future<Void> text = queue.put("b");
    number.addDoneCallback(done -> events.add(queue.getNowait()));
    events.add(queue.getNowait());
    events.add(text.exception());
    drain(queue);
    assertThat(number.exception()).isInstanceOf(ClassCastException.class);
    assertThat(events).containsExactly("b", "a", null, "c");
    assertThat(queue)
        .hasToString("PriorityQueue[maxsize=2, qsize=0, getters=0, putters=0, unfinished=3]");
  }

  /** Odd numbers first. */
  private static final class OddFirst extends Queue<Integer> {
    private OddFirst(int maxsize) {
      super(
          maxsize,
          new ArrayDeque<>() {
            private static final long serialVersionUID = 1L;

            @Override
            public boolean add(Integer item) {
              if (item % 2 == 0) {
                addLast(item);
              } else {
                addFirst(item);
              }
              return true;
            }
          });
    }
  }

  @Test
  void queueMayHaveAnOrderOfItsOwn() {
    Queue<Integer> queue = new OddFirst(3);
    for (int i = 0; i < 5; i++) {
      queue.put(i);
    }
    drain(queue);
    assertThat(events).containsExactly(3, 1, 0, 2, 4);
    assertThat(queue)
        .hasToString("OddFirst[maxsize=3, qsize=0, getters=0, putters=0, unfinished=5]");
  }

  @Test
  void badArgumentsAreRefused() {
    assertThatThrownBy(() -> new PriorityQueue<Integer>(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxsize < 0: -1");
    assertThatThrownBy(() -> new LifoQueue<Integer>(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxsize < 0: -1");
    assertThatThrownBy(() -> new PriorityQueue<Integer>(0, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("comparator == null");
  }
}
