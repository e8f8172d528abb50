package dev.ioloop.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The explorer of interleavings: that it leaves nothing out, repeats nothing, and tells. */
final class InterleavingsTest {

  private final List<Object> events = new ArrayList<>();

  @Test
  void scenarioWithoutChoicesRunsOnce() {
    int runs = Interleavings.explore(choices -> events.add("run"));
    assertThat(runs).isEqualTo(1);
    assertThat(events).containsExactly("run");
  }

  @Test
  void everyCombinationIsTriedOnceAndInOrder() {
    int runs =
        Interleavings.explore(choices -> events.add(choices.choose(2) + "" + choices.choose(3)));
    assertThat(runs).isEqualTo(6);
    assertThat(events).containsExactly("00", "01", "02", "10", "11", "12");
  }

  @Test
  void laterChoicesMayDependOnEarlierOnes() {
    Interleavings.explore(
        choices -> {
          String text = choices.oneOf(List.of("a", "b", "c"));
          if (text.equals("b")) {
            text += choices.oneOf(List.of("x", "y"));
          }
          events.add(text);
        });
    assertThat(events).containsExactly("a", "bx", "by", "c");
  }

  @Test
  void mergeKeepsTheOrderOfEachSequence() {
    Interleavings.explore(
        choices ->
            events.add(
                String.join("", choices.merge(List.of(List.of("1", "2"), List.of("a", "b"))))));
    assertThat(events).containsExactly("12ab", "1a2b", "1ab2", "a12b", "a1b2", "ab12");
  }

  @Test
  void mergeOfManyLeavesNothingOut() {
    List<List<Integer>> sequences =
        List.of(List.of(1, 2), List.of(3, 4), List.of(), List.of(5, 6), List.of(7, 8, 9));
    int runs = Interleavings.explore(choices -> events.add(choices.merge(sequences)));
    // 9! / (2! 2! 2! 3!)
    assertThat(runs).isEqualTo(7560);
    assertThat(new HashSet<>(events)).hasSize(7560);
  }

  /** Two who add one each to a number, with something between their reading and their writing. */
  private static int increments(Interleavings choices) {
    int[] number = new int[1];
    int[] read = new int[2];
    List<Runnable> first = List.of(() -> read[0] = number[0], () -> number[0] = read[0] + 1);
    List<Runnable> second = List.of(() -> read[1] = number[0], () -> number[0] = read[1] + 1);
    choices.merge(List.of(first, second)).forEach(Runnable::run);
    return number[0];
  }

  @Test
  void lostUpdateIsFound() {
    Interleavings.explore(choices -> events.add(increments(choices)));
    assertThat(events).containsExactly(2, 1, 1, 1, 1, 2);
  }

  @Test
  void longScenariosAreReplayed() {
    int runs =
        Interleavings.explore(
            choices -> {
              for (int i = 0; i < 100; i++) {
                choices.choose(1);
              }
              events.add(choices.choose(3));
            });
    assertThat(runs).isEqualTo(3);
    assertThat(events).containsExactly(0, 1, 2);
  }

  @Test
  void failureNamesTheChoicesAndEndsTheSearch() {
    IllegalStateException failure = new IllegalStateException("failed on purpose");
    assertThatThrownBy(
            () ->
                Interleavings.explore(
                    choices -> {
                      events.add("run");
                      List<String> order = choices.merge(List.of(List.of("a"), List.of("b")));
                      if (choices.choose(3) == 2 && order.get(0).equals("b")) {
                        throw failure;
                      }
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessage("run 6, chosen: [b, a], 2: failed on purpose")
        .hasCause(failure);
    assertThat(events).hasSize(6);
  }

  @Test
  void scenarioThatIsNotDeterministicIsNoticed() {
    assertThatThrownBy(
            () ->
                Interleavings.explore(
                    choices -> {
                      events.add("run");
                      choices.choose(1 + events.size());
                      choices.choose(2);
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not deterministic");
    events.clear();
    assertThatThrownBy(
            () ->
                Interleavings.explore(
                    choices -> {
                      if (events.isEmpty()) {
                        choices.choose(2);
                      }
                      events.add("run");
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not deterministic");
  }

  @Test
  void nothingToChooseFromIsRefused() {
    Interleavings.explore(
        choices -> {
          assertThatThrownBy(() -> choices.choose(0))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("nothing to choose from: 0");
          assertThatThrownBy(() -> choices.oneOf(List.of()))
              .isInstanceOf(IllegalArgumentException.class);
        });
  }
}
