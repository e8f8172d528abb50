package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopStats;
import dev.ioloop.testing.ExpectLog;
import dev.ioloop.testing.Testing;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The chapter on what failed or does not go on. */
final class DebuggingGuideTest extends Guide {

  @Override
  IOLoop newLoop() {
    return IOLoop.create("nio");
  }

  @AfterEach
  void setDefaultHandler() {
    Future.setLostFailureHandler(null);
  }

  private static Future<Void> mail() {
    return coroutine(
        () -> {
          throw new IOException("no route to host");
        });
  }

  @Test
  void lostFailureIsLogged() {
    loop.runSync(
        () -> {
          mail();
        });
    try (ExpectLog log =
        Testing.expectLog(
            "coroutine of " + getClass().getName() + ": its exception was never retrieved")) {
      loop.close();
      log.assertCount(1);
    }
  }

  @Test
  void lostFailuresCanBeHandled() {
    // region lost
    Future.setLostFailureHandler(
        (name, failure) -> System.out.println("nobody looked at: " + failure));
    loop.runSync(
        () -> {
          mail(); // its future is dropped
        });
    loop.close();
    // endregion
    assertPrinted("nobody looked at: java.io.IOException: no route to host\n");
  }

  @Test
  void exceptionShowsTheAwaits() {
    Trace.print(loop);
    assertPrinted(
        // region trace-printed
        """
        java.lang.IllegalStateException: no such article: pears
            at dev.ioloop.demo.guide.Trace.lambda$stock$0(Trace.java:17)
            ...
            Suppressed: dev.ioloop.AwaitTrace: awaited by coroutine of dev.ioloop.demo.guide.Trace
                at dev.ioloop.demo.guide.Trace.lambda$price$1(Trace.java:22)
            Suppressed: dev.ioloop.AwaitTrace: awaited by coroutine of dev.ioloop.demo.guide.Trace
                at dev.ioloop.demo.guide.Trace.lambda$offer$2(Trace.java:26)
            Suppressed: dev.ioloop.AwaitTrace: awaited by coroutine of dev.ioloop.demo.guide.Trace
                at dev.ioloop.demo.guide.Trace.lambda$print$3(Trace.java:33)
        """
        // endregion
        );
  }

  @Test
  void dumpShowsWhereCoroutinesWait() {
    loop.runSync(
        () -> {
          // region dump
          Future<String> offer = Trace.offer();
          System.out.print(loop.dump());
          // endregion
          assertThat(await(coroutine(() -> failureOf(offer)))).isEqualTo("no such article: pears");
        });
    assertPrinted(
        // region dump-printed
        """
        IOLoop[nio, running on thread "main", handlers=0, timeouts=1, suspended coroutines=3]
          timeout in 1 ms of dev.ioloop.Sleep
          coroutine of dev.ioloop.demo.guide.Trace, suspended for 0 ms
              at dev.ioloop.demo.guide.Trace.lambda$offer$2(Trace.java:26)
            coroutine of dev.ioloop.demo.guide.Trace, suspended for 0 ms
                at dev.ioloop.demo.guide.Trace.lambda$price$1(Trace.java:22)
              coroutine of dev.ioloop.demo.guide.Trace, suspended for 0 ms: sleeps for 1 ms more
                  at dev.ioloop.demo.guide.Trace.lambda$stock$0(Trace.java:16)
        """
        // endregion
        );
  }

  private static String failureOf(Future<?> future) {
    try {
      await(future);
      return "none";
    } catch (IllegalStateException e) {
      return e.getMessage();
    }
  }

  @Test
  void statsCount() {
    loop.runSync(
        () -> {
          Future<Integer> sum = slowSum(2, 3);
          // region stats
          LoopStats stats = loop.stats();
          System.out.println(stats.coroutinesSuspended() + " suspended coroutines");
          System.out.println(stats.timeoutsPending() + " pending timeouts");
          // endregion
          await(sum);
        });
    assertPrinted("1 suspended coroutines\n1 pending timeouts\n");
  }
}
