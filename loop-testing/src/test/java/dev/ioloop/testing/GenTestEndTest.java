package dev.ioloop.testing;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.named;

import dev.ioloop.Future;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.EventConditions;
import org.junit.platform.testkit.engine.TestExecutionResultConditions;

/** What fails a {@link GenTest} after its end. */
final class GenTestEndTest {

  @Test
  void coroutineThatIsLeftSuspendedFailsTheTest() {
    EngineTestKit.engine("junit-jupiter")
        .selectors(DiscoverySelectors.selectClass(Forgetful.class))
        .execute()
        .testEvents()
        .failed()
        .assertEventsMatchExactly(
            EventConditions.finishedWithFailure(
                TestExecutionResultConditions.message(
                    message ->
                        message.contains("1 of its coroutines are suspended")
                            && message.contains("coroutine \"forgotten\""))));
  }

  /** Run by another test, because it fails after its end. */
  static final class Forgetful {
    @GenTest(virtualTime = true)
    void forgets() {
      coroutine(named("forgotten", () -> await(new Future<Void>())));
    }
  }
}
