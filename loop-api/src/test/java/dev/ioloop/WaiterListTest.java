package dev.ioloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Many callbacks of one future, added and removed in every order. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
final class WaiterListTest {
  private static final int MANY = 200_000;

  private final WaiterList list = new WaiterList(false, false);

  /** A callback of its own identity. */
  private static Consumer<Future<?>> callback() {
    return new Consumer<>() {
      @Override
      public void accept(Future<?> done) {}
    };
  }

  private List<Consumer<?>> taken() {
    list.take();
    List<Consumer<?>> taken = new ArrayList<>();
    for (int i = list.next(0); i >= 0; i = list.next(i + 1)) {
      taken.add(list.at(i));
    }
    return taken;
  }

  private List<Consumer<?>> addMany() {
    List<Consumer<?>> added = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      added.add(callback());
      list.add(added.get(i));
    }
    return added;
  }

  private void removeAll(List<Consumer<?>> callbacks) {
    for (Consumer<?> callback : callbacks) {
      assertThat(list.remove(callback)).isTrue();
    }
    assertThat(list.isIdle()).isTrue();
    assertThat(list.remove(callbacks.get(0))).isFalse();
    assertThat(taken()).isEmpty();
  }

  @Test
  void manyAreRemovedOldestFirst() {
    removeAll(addMany());
  }

  @Test
  void manyAreRemovedNewestFirst() {
    List<Consumer<?>> added = addMany();
    Collections.reverse(added);
    removeAll(added);
  }

  @Test
  void manyAreRemovedInAnyOrder() {
    List<Consumer<?>> added = addMany();
    Collections.shuffle(added, new Random(42));
    removeAll(added);
  }

  // A hash table that is built anew for each removal would take minutes.
  @Test
  void newestAndMiddleOnesAreRemovedByTurns() {
    List<Consumer<?>> added = addMany();
    int newest = MANY;
    for (int i = 0; i < MANY / 4; i++) {
      assertThat(list.remove(added.get(--newest))).isTrue();
      assertThat(list.remove(added.get(MANY / 2 - i))).isTrue();
      Consumer<?> another = callback();
      list.add(another);
      assertThat(list.remove(another)).isTrue();
    }
  }

  @Test
  void whatIsLeftIsInTheOrderOfRegistrationWhateverWasAddedAndRemoved() {
    Random random = new Random(7);
    List<Consumer<?>> model = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      int kind = random.nextInt(100);
      if (model.isEmpty() || kind < (i / 2_000 % 2 == 0 ? 70 : 30)) {
        Consumer<?> callback = kind < 5 && !model.isEmpty() ? model.get(0) : callback();
        list.add(callback);
        model.add(callback);
      } else {
        Consumer<?> callback = model.get(random.nextInt(model.size()));
        assertThat(list.remove(callback)).isTrue();
        model.remove(callback); // Of several equal ones any may go.
      }
    }
    assertThat(taken()).hasSameSizeAs(model).containsAll(model);
  }

  @Test
  void orderIsKeptWhenPlacesAreClosedUp() {
    List<Consumer<?>> added = addMany();
    List<Consumer<?>> left = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      if (i % 1_000 == 7) {
        left.add(added.get(i));
      } else {
        list.remove(added.get(i));
      }
    }
    assertThat(taken()).isEqualTo(left);
  }

  @Test
  void takenListRefusesEverything() {
    Consumer<?> callback = callback();
    list.add(callback);
    assertThat(taken()).hasSize(1);
    assertThat(list.add(callback())).isFalse();
    assertThat(list.remove(callback)).isFalse();
    assertThat(list.giveUp(callback)).isFalse();
    assertThat(list.look()).isFalse();
  }
}
