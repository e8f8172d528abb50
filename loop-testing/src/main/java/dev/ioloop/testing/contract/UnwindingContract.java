package dev.ioloop.testing.contract;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.LoopTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What ends coroutines from outside: time limits, and the end of the loop. */
@OnEachGenerator
public abstract class UnwindingContract extends WaiterContract {

  /** Made by subclasses. */
  protected UnwindingContract() {}

  @Test
  void timeoutCancelsTheBodyAndWaitsForItsEnd() {
    loop.runSync(
        () -> {
          Future<String> limited =
              Gen.timeout(
                  Duration.ofMillis(1),
                  () -> {
                    try {
                      await(sleep(Duration.ofHours(1)));
                      return "never";
                    } finally {
                      await(sleep(Duration.ofMillis(1)));
                      events.add("unwound");
                    }
                  });
          assertThatThrownBy(() -> await(limited)).isInstanceOf(LoopTimeoutException.class);
          events.add("timeout");
          events.add(await(Gen.timeout(Duration.ofHours(1), () -> "in time")));
        });
    assertThat(events).containsExactly("unwound", "timeout", "in time");
  }

  @Test
  void runSyncThatTimesOutUnwindsItsBody() {
    assertThatThrownBy(
            () ->
                loop.runSync(
                    Duration.ofMillis(1),
                    () -> {
                      try {
                        await(new Future<>());
                      } finally {
                        events.add("finally");
                        await(sleep(Duration.ofMillis(1)));
                        events.add("unwound");
                      }
                    }))
        .isInstanceOf(LoopTimeoutException.class);
    assertThat(events).containsExactly("finally", "unwound");
  }

  @Test
  void closeUnwindsWhatIsSuspended() {
    loop.makeCurrent();
    List<Future<String>> futures =
        List.of(
            waiter("plain", new Future<>()),
            waiter("sleep", sleep(Duration.ofHours(1))),
            waiter("moment", moment));
    Future<String> inner = waiter("inner", new Future<>());
    Future<String> outer = waiter("outer", inner);
    loop.close();
    assertThat(events)
        .contains("plain finally", "sleep finally", "moment finally")
        .contains("inner finally", "outer finally")
        .doesNotContain("plain resumed", "sleep resumed", "moment resumed");
    assertThat(futures).allMatch(Future::done);
    assertThat(inner.cancelled()).isTrue();
    assertThat(outer.cancelled()).isTrue();
  }

  // A server that closes a thousand loops must not wait for each.
  @Test
  void closeTakesNoLongerThanTheBodiesNeed() {
    loop.makeCurrent();
    coroutine(() -> waiter("a", new Future<>()));
    long start = System.nanoTime();
    loop.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(500));
    assertThat(events).containsExactly("a cancelled", "a finally");
  }

  @Test
  void closeByAnotherThreadUnwindsWhatIsSuspended() throws Exception {
    loop.addCallback(() -> waiter("a", new Future<>()));
    runOneTurn();
    onOtherThread(
        () -> {
          loop.close();
          return null;
        });
    assertThat(events).containsExactly("a cancelled", "a finally");
  }

  @Test
  void closeEndsABodyThatGoesOnAwaiting() {
    loop.makeCurrent();
    Future<Void> stubborn =
        coroutine(
            () -> {
              try {
                await(new Future<>());
              } finally {
                try {
                  await(sleep(Duration.ofHours(1)));
                } finally {
                  events.add("ended");
                }
              }
            });
    loop.close();
    assertThat(events).containsExactly("ended");
    assertThat(stubborn.done()).isTrue();
  }
}
