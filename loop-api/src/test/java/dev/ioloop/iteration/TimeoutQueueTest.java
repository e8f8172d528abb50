package dev.ioloop.iteration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The queue beside a list that is sorted whenever something comes due. */
class TimeoutQueueTest {
  private static final Runnable NOTHING = () -> {};

  private static final class Entry extends TimeoutQueue.Entry {
    Entry(TimeoutQueue queue, long deadline) {
      super(queue, deadline, NOTHING);
    }
  }

  private final TimeoutQueue queue = new TimeoutQueue();

  /** In the order of their addition. */
  private final List<TimeoutQueue.Entry> pending = new ArrayList<>();

  private void add(long deadline) {
    pending.add(queue.add(new Entry(queue, deadline)));
  }

  private List<TimeoutQueue.Entry> collect(long now) {
    List<TimeoutQueue.Entry> collected = new ArrayList<>();
    TimeoutQueue.Entry entry = queue.collectDue(now);
    while (entry != null) {
      collected.add(entry);
      entry = entry.leaveBatch();
    }
    return collected;
  }

  /** A sort that is stable: what is due at the same time stays in the order of addition. */
  private List<TimeoutQueue.Entry> takeDue(long now, long base) {
    List<TimeoutQueue.Entry> due =
        new ArrayList<>(pending.stream().filter(entry -> entry.deadline() - now <= 0).toList());
    due.sort(Comparator.comparingLong(entry -> entry.deadline() - base));
    pending.removeAll(due);
    return due;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE - 500})
  void dueEntriesComeInTheirOrderWhateverWasRemoved(long base) {
    SplittableRandom random = new SplittableRandom(7);
    long now = base;
    for (int step = 0; step < 20_000; step++) {
      switch (random.nextInt(8)) {
        case 0 -> {
          now += random.nextInt(3);
          assertThat(collect(now)).containsExactlyElementsOf(takeDue(now, base));
        }
        case 1, 2, 3 -> {
          if (!pending.isEmpty()) {
            queue.remove(pending.remove(random.nextInt(pending.size())));
          }
        }
        default -> add(now + random.nextInt(step % 5_000 < 500 ? 3 : 300));
      }
      assertThat(queue.size()).isEqualTo(pending.size());
    }
    assertThat(collect(now + 300)).containsExactlyElementsOf(takeDue(now + 300, base));
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void removedEntriesArePurgedOnceTheyAreTheMost() {
    for (int i = 0; i < 5_000; i++) {
      add(i % 7);
    }
    for (int i = 0; i < 4_000; i++) {
      queue.remove(pending.remove(i % pending.size()));
    }
    assertThat(queue.first(10_000)).hasSize(1_000);
    assertThat(collect(7)).containsExactlyElementsOf(takeDue(7, 0));
  }

  @Test
  void entryThatWasCollectedIsPassedOverWhenItIsRemoved() {
    add(1);
    add(1);
    TimeoutQueue.Entry second = pending.get(1);
    List<TimeoutQueue.Entry> due = collect(1);
    queue.remove(second);
    add(2);
    assertThat(due.get(0).fire()).isSameAs(NOTHING);
    assertThat(due.get(1).fire()).isNull();
    assertThat(second.cancelled()).isTrue();
    assertThat(queue.size()).isEqualTo(1);
  }

  @Test
  void clearRemovesAllAndLeavesAQueueThatWorks() {
    for (int i = 0; i < 100; i++) {
      add(i);
    }
    TimeoutQueue.Entry first = pending.get(0);
    queue.clear();
    queue.remove(first);
    assertThat(first.cancelled()).isTrue();
    assertThat(queue.isEmpty()).isTrue();
    pending.clear();
    add(5);
    assertThat(collect(5)).containsExactlyElementsOf(pending);
  }
}
