package dev.ioloop.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a scenario once for every possible course: each run makes other choices, such as the order
 * of its steps, until all combinations were tried.
 *
 * <pre>{@code
 * Interleavings.explore(
 *     choices -> {
 *       Future<String> future = new Future<>();
 *       List<String> order = choices.merge(List.of(List.of("result"), List.of("cancel")));
 *       order.forEach(step -> take(step, future));
 *       assertThat(future.cancelled()).isEqualTo(order.get(0).equals("cancel"));
 *     });
 * }</pre>
 *
 * <p>The first failure ends the exploration; the error names the choices that led to it. Apart from
 * its choices a scenario must be deterministic: run it in virtual time, with a loop or at least
 * objects of its own. An instance serves one run, on any one thread.
 */
public final class Interleavings {

  /** The code that is run repeatedly. */
  @FunctionalInterface
  public interface Scenario {

    /** Runs once, with {@code choices}, and throws if the outcome is wrong. */
    void run(Interleavings choices) throws Exception;
  }

  /** The choices of this run, of which the first {@link #made} are valid. */
  private int[] chosen;

  private int[] alternatives;
  private int made;

  /** How many choices are given, to reach the part of the tree that was not tried yet. */
  private final int given;

  private final List<String> names = new ArrayList<>();

  private Interleavings(int[] chosen, int[] alternatives, int given) {
    this.chosen = chosen;
    this.alternatives = alternatives;
    this.given = given;
  }

  /**
   * Runs {@code scenario} with every combination of choices, and returns the number of runs.
   *
   * @throws AssertionError if a run threw something, which becomes the cause, or if the scenario is
   *     not deterministic
   */
  public static int explore(Scenario scenario) {
    @Nullable Interleavings choices = new Interleavings(new int[16], new int[16], 0);
    int runs = 0;
    while (choices != null) {
      runs++;
      try {
        scenario.run(choices);
      } catch (Throwable e) {
        throw new AssertionError("run " + runs + ", " + choices + ": " + e.getMessage(), e);
      }
      choices = choices.next();
    }
    return runs;
  }

  /**
   * Returns the next run: like this one, but with the last choice changed that has an alternative
   * left; null if none has.
   */
  private @Nullable Interleavings next() {
    checkReplayed(made >= given);
    int last = made - 1;
    while (last >= 0 && chosen[last] + 1 == alternatives[last]) {
      last--;
    }
    if (last < 0) {
      return null;
    }
    chosen[last]++;
    return new Interleavings(chosen, alternatives, last + 1);
  }

  private void checkReplayed(boolean same) {
    if (!same) {
      throw new AssertionError(
          "the scenario is not deterministic: the same choices led elsewhere, " + this);
    }
  }

  /**
   * Returns a number from zero to {@code n - 1}.
   *
   * @throws IllegalArgumentException if {@code n} is not positive
   */
  public int choose(int n) {
    int number = number(n);
    names.add(String.valueOf(number));
    return number;
  }

  /**
   * Returns one of {@code alternatives}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public <T> T oneOf(List<? extends T> alternatives) {
    T one = alternatives.get(number(alternatives.size()));
    names.add(String.valueOf(one));
    return one;
  }

  /**
   * Returns the elements of all {@code sequences} in one list, in some order that keeps the order
   * of each sequence.
   */
  public <T> List<T> merge(List<? extends List<? extends T>> sequences) {
    int[] positions = new int[sequences.size()];
    List<T> merged = new ArrayList<>();
    while (true) {
      List<Integer> open = new ArrayList<>();
      for (int i = 0; i < positions.length; i++) {
        if (positions[i] < sequences.get(i).size()) {
          open.add(i);
        }
      }
      if (open.isEmpty()) {
        names.add(merged.toString());
        return merged;
      }
      int sequence = open.get(number(open.size()));
      merged.add(sequences.get(sequence).get(positions[sequence]++));
    }
  }

  private int number(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("nothing to choose from: " + n);
    }
    if (made == chosen.length) {
      chosen = Arrays.copyOf(chosen, made * 2);
      alternatives = Arrays.copyOf(alternatives, made * 2);
    }
    if (made < given) {
      checkReplayed(alternatives[made] == n);
    } else {
      chosen[made] = 0;
      alternatives[made] = n;
    }
    return chosen[made++];
  }

  /** Returns the choices made so far. */
  @Override
  public String toString() {
    return "chosen: " + String.join(", ", names);
  }
}
