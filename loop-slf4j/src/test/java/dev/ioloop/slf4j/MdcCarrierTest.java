package dev.ioloop.slf4j;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.tck.LoopContract;
import dev.ioloop.tck.OnEachGenerator;
import dev.ioloop.testing.VirtualTimePoller;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** The MDC, as logback implements it, follows what the loop runs and leaks into nothing else. */
@OnEachGenerator
final class MdcCarrierTest extends LoopContract {

  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("virtual", new VirtualTimePoller());
  }

  @AfterEach
  void clear() {
    MDC.clear();
  }

  private Future<Void> request(String id) {
    return coroutine(
        () -> {
          MDC.put("request", id);
          for (int i = 0; i < 2; i++) {
            await(moment);
            events.add(id + " sees " + MDC.get("request"));
          }
        });
  }

  @Test
  void coroutinesThatTakeTurnsEachSeeTheirOwn() {
    loop.runSync(
        () -> {
          Future<Void> a = request("a");
          Future<Void> b = request("b");
          events.add("caller sees " + MDC.get("request"));
          await(a);
          await(b);
        });
    assertThat(events)
        .containsExactly("caller sees null", "a sees a", "b sees b", "a sees a", "b sees b");
    assertThat(MDC.get("request")).isNull();
  }

  @Test
  void whatACoroutineStartsInheritsItsValues() {
    loop.runSync(
        () -> {
          MDC.put("request", "a");
          loop.addCallback(() -> events.add("callback sees " + MDC.get("request")));
          loop.callLater(
              Duration.ofSeconds(1), () -> events.add("timeout sees " + MDC.get("request")));
          await(coroutine(() -> events.add("child sees " + MDC.get("request"))));
          MDC.put("request", "b");
          await(sleep(Duration.ofSeconds(2)));
        });
    assertThat(events).containsExactly("child sees a", "callback sees a", "timeout sees a");
  }

  @Test
  void aCallbackDoesNotLeakIntoTheNext() {
    loop.addCallback(() -> MDC.put("request", "a"));
    loop.addCallback(() -> events.add(String.valueOf(MDC.get("request"))));
    runOneTurn();
    assertThat(events).containsExactly("null");
  }
}
