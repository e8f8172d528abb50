package dev.ioloop.slf4j;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.sleep;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.tck.LoopContract;
import dev.ioloop.tck.OnEachGenerator;
import dev.ioloop.testing.VirtualTimePoller;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** The example of docs/coroutines.md that needs SLF4J; the demo's GuideTextTest compares them. */
@OnEachGenerator
final class MdcGuideTest extends LoopContract {
  private static final Logger LOG = LoggerFactory.getLogger(MdcGuideTest.class);

  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("virtual", new VirtualTimePoller());
  }

  private Future<Void> serve(String id, int seconds) {
    return coroutine(
        () -> {
          // region mdc
          MDC.put("request", id);
          await(sleep(Duration.ofSeconds(seconds)));
          LOG.info("served"); // with the id of this request
          // endregion
          events.add(MDC.get("request"));
        });
  }

  @Test
  void eachRequestHasItsOwnId() {
    PrintStream systemOut = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      loop.runSync(
          () -> {
            Future<Void> a = serve("a", 2);
            Future<Void> b = serve("b", 1);
            await(a);
            await(b);
          });
    } finally {
      System.setOut(systemOut);
    }
    assertThat(events).containsExactly("b", "a");
    assertThat(out.toString(UTF_8).lines()).hasSize(2).allMatch(line -> line.endsWith("served"));
  }
}
