package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.TaskGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Several ways to the same result: the first one that succeeds wins. */
@OnEachGenerator
public abstract class AnySuccessfulContract extends LoopContract {

  private final IOException first = new IOException("first on purpose");
  private final IOException second = new IOException("second on purpose");

  /** Made by subclasses. */
  protected AnySuccessfulContract() {}

  private Callable<String> succeeding(String name, int turns) {
    return () -> {
      events.add(name + " begins");
      for (int i = 0; i < turns; i++) {
        await(moment);
      }
      events.add(name + " succeeds");
      return name;
    };
  }

  private Callable<String> failing(IOException failure, int turns) {
    return () -> {
      for (int i = 0; i < turns; i++) {
        await(moment);
      }
      events.add("fails");
      throw failure;
    };
  }

  private Callable<String> stuck(String name) {
    return () -> {
      try {
        await(sleep(Duration.ofHours(1)));
        return "never";
      } catch (CancellationException e) {
        events.add(name + " cancelled");
        throw e;
      } finally {
        await(moment);
        events.add(name + " unwound");
      }
    };
  }

  @Test
  void firstSuccessCancelsTheRestAndWaitsForTheirEnds() {
    loop.runSync(
        () ->
            events.add(
                TaskGroup.anySuccessful(
                    List.of(stuck("a"), succeeding("b", 1), stuck("c"), succeeding("d", 9)))));
    assertThat(events)
        .containsExactly(
            "b begins",
            "d begins",
            "b succeeds",
            "a cancelled",
            "c cancelled",
            "a unwound",
            "c unwound",
            "b");
  }

  @Test
  void successInTheFirstSegmentStartsNoOther() {
    loop.runSync(
        () -> events.add(TaskGroup.anySuccessful(List.of(succeeding("a", 0), succeeding("b", 0)))));
    assertThat(events).containsExactly("a begins", "a succeeds", "a");
  }

  @Test
  void successComesAfterAnyNumberOfFailures() {
    loop.runSync(
        () ->
            events.add(
                TaskGroup.anySuccessful(
                    List.of(failing(first, 0), failing(second, 1), succeeding("c", 3)))));
    assertThat(events).containsExactly("fails", "c begins", "fails", "c succeeds", "c");
  }

  @Test
  void resultMayBeNull() {
    loop.runSync(
        () -> {
          Callable<String> nothing =
              () -> {
                await(moment);
                return null;
              };
          events.add(TaskGroup.anySuccessful(List.of(nothing, stuck("b"))) == null);
        });
    assertThat(events).containsExactly("b cancelled", "b unwound", true);
  }

  @Test
  void whereAllFailTheFirstFailureIsThrownWithTheOthersSuppressed() {
    loop.runSync(
        () ->
            assertThatThrownBy(
                    () -> TaskGroup.anySuccessful(List.of(failing(second, 2), failing(first, 1))))
                .isSameAs(first));
    assertThat(events).containsExactly("fails", "fails");
    assertThat(Marks.suppressedBy(first)).containsExactly(second);
  }

  @Test
  void oneFailureThatComesTwiceIsNotSuppressedByItself() {
    loop.runSync(
        () ->
            assertThatThrownBy(
                    () -> TaskGroup.anySuccessful(List.of(failing(first, 1), failing(first, 1))))
                .isSameAs(first));
    assertThat(Marks.suppressedBy(first)).isEmpty();
  }

  @Test
  void noBodiesAtAllAreRefused() {
    loop.runSync(
        () ->
            assertThatThrownBy(() -> TaskGroup.anySuccessful(List.of()))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("no bodies"));
  }

  @Test
  void outerCancellationReachesAllBodiesAndIsThrown() {
    loop.runSync(
        () -> {
          Future<String> outer =
              coroutine(
                  () ->
                      TaskGroup.anySuccessful(List.of(stuck("a"), failing(first, 0), stuck("b"))));
          outer.cancel(true);
          WaiterContract.awaitEnd(outer);
          events.add(outer.cancelled());
        });
    assertThat(events)
        .containsExactly("fails", "a cancelled", "b cancelled", "a unwound", "b unwound", true);
  }
}
