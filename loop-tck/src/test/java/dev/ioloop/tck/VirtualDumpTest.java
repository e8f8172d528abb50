package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.testing.Testing;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The dump of a loop in virtual time. */
@OnEachGenerator
final class VirtualDumpTest extends LoopContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }

  // Writing the text takes ten seconds of the loop's clock.
  @Test
  void runSyncWhoseBodyDoesNotEndAfterItsTimeoutShowsWhereItWaits() {
    Future<Void> gate = new Future<>();
    assertThatThrownBy(() -> loop.runSync(Duration.ofMillis(1), () -> waitTwice(gate)))
        .isInstanceOf(LoopTimeoutException.class)
        .hasMessageContaining("did not end when cancelled\nIOLoop[")
        .hasMessageContaining(
            "  coroutine of " + VirtualDumpTest.class.getName() + ", suspended for ")
        .hasMessageContaining("waitInFinally")
        .hasMessageContaining("waitTwice");
    assertThat(loop.time()).isGreaterThanOrEqualTo(Duration.ofSeconds(10).toNanos());
    gate.setResult(null);
    runOneTurn();
    assertThat(events).containsExactly("ended");
  }

  private void waitTwice(Future<Void> gate) {
    try {
      await(sleep(Duration.ofHours(1)));
    } finally {
      waitInFinally(gate);
    }
  }

  private void waitInFinally(Future<Void> gate) {
    await(gate);
    events.add("ended");
  }
}
