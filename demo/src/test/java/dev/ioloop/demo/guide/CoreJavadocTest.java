package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Context;
import dev.ioloop.ContextVar;
import dev.ioloop.Elements;
import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.Generator;
import dev.ioloop.IOLoop;
import dev.ioloop.PeriodicCallback;
import dev.ioloop.TaskGroup;
import dev.ioloop.Timeout;
import dev.ioloop.WaitIterator;
import dev.ioloop.process.Subprocess;
import dev.ioloop.testing.Testing;
import java.time.Duration;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;

/** The examples in the Javadoc of the loop, futures and coroutines. */
final class CoreJavadocTest extends Guide {

  private Future<Integer> asynSum(int a, int b) {
    return slowSum(a, b);
  }

  private static int fetch(String name) {
    await(sleep(Duration.ofSeconds(name.length())));
    return name.length();
  }

  private static Future<Integer> fetching(String name) {
    return coroutine(() -> fetch(name));
  }

  private static void log(String line) {
    System.out.println(line);
  }

  @Test
  void loop() {
    // region javadoc IOLoop
    try (IOLoop loop = IOLoop.create()) {
      int sum = loop.runSync(() -> slowSum(2, 3));
      System.out.println(sum);
    }
    // endregion
    assertPrinted("5\n");
  }

  @Test
  void future() {
    // region javadoc Future
    Future<Integer> future = new Future<>();
    future.addDoneCallback(done -> System.out.println(done.result()));
    future.setResult(5);
    // endregion
    assertPrinted("5\n");
  }

  // region javadoc Gen
  static Future<Integer> sumOf(Future<Integer> a, Future<Integer> b) {
    return coroutine(
        () -> {
          await(sleep(Duration.ofMillis(10)));
          return await(a) + await(b);
        });
  }

  // endregion

  @Test
  void gen() {
    assertThat(loop.<Integer>runSync(() -> sumOf(asynSum(1, 2), asynSum(3, 4)))).isEqualTo(10);
  }

  @Test
  void generator() {
    // region javadoc Generator
    Generator<Integer, Void, Void> squares =
        Generator.of(
            g -> {
              for (int i = 0; i < 4; i++) {
                g.yield(i * i);
              }
              return null;
            });
    squares.forEachRemaining(System.out::println);
    // endregion
    assertPrinted("0\n1\n4\n9\n");
  }

  @Test
  void waitIterator() {
    loop.runSync(
        () -> {
          // region javadoc WaitIterator
          WaitIterator<Integer> pages = new WaitIterator<>(fetching("long"), fetching("a"));
          while (!pages.done()) {
            int size = await(pages.next());
            System.out.println("number " + pages.currentIndex() + " has " + size);
          }
          // endregion
        });
    assertPrinted("number 1 has 1\nnumber 0 has 4\n");
  }

  @Test
  void taskGroup() {
    loop.runSync(
        () -> {
          // region javadoc TaskGroup
          int sum =
              TaskGroup.run(
                  group -> {
                    Future<Integer> a = group.start(() -> fetch("a"));
                    Future<Integer> b = group.start(() -> fetch("bb"));
                    return await(a) + await(b);
                  });
          // endregion
          assertThat(sum).isEqualTo(3);
        });
  }

  // region javadoc ContextVar
  static final ContextVar<String> USER = new ContextVar<>("user", "nobody");

  static Future<Void> serve(String user) {
    return coroutine(
        () -> {
          USER.set(user);
          await(sleep(Duration.ofMillis(1)));
          log("serving " + USER.get()); // whatever other coroutines have set meanwhile
        });
  }

  // endregion

  @Test
  void contextVariable() {
    loop.runSync(
        () -> {
          Future<Void> other = serve("ada");
          await(serve("bob"));
          await(other);
          assertThat(USER.get()).isEqualTo("nobody");
        });
    assertPrinted("serving ada\nserving bob\n");
  }

  @Test
  void context() throws InterruptedException {
    loop.runSync(
        () -> {
          USER.set("ada");
          // region javadoc Context
          Runnable later = Context.current().wrap(() -> log("done for " + USER.get()));
          Thread thread = new Thread(later);
          // endregion
          thread.start();
          thread.join();
        });
    assertPrinted("done for ada\n");
  }

  @Test
  void elements() {
    SubmissionPublisher<String> publisher = new SubmissionPublisher<>(Runnable::run, 8);
    loop.runSync(
        () -> {
          loop.addCallback(
              () -> {
                publisher.submit("a");
                publisher.submit("bb");
                publisher.close();
              });
          // region javadoc Elements
          try (Elements<String> names = Gen.elements(publisher)) {
            for (String name : names) {
              System.out.println(await(fetching(name)));
            }
          }
          // endregion
        });
    assertPrinted("1\n2\n");
  }

  @Test
  void periodicCallback() {
    loop.runSync(
        () -> {
          // region javadoc PeriodicCallback
          PeriodicCallback beat = new PeriodicCallback(() -> log("beat"), Duration.ofSeconds(1));
          beat.start();
          await(sleep(Duration.ofMillis(2_500)));
          beat.stop();
          // endregion
        });
    assertPrinted("beat\nbeat\n");
  }

  @Test
  void timeout() {
    loop.runSync(
        () -> {
          // region javadoc Timeout
          Timeout timeout = loop.callLater(Duration.ofSeconds(30), () -> log("too late"));
          int sum = await(slowSum(2, 3));
          loop.removeTimeout(timeout);
          // endregion
          assertThat(sum).isEqualTo(5);
          await(sleep(Duration.ofMinutes(1)));
        });
    assertPrinted("");
  }

  @Test
  void subprocess() {
    // A process knows nothing of virtual time.
    try (IOLoop loop = IOLoop.create()) {
      loop.runSync(
          () -> {
            // region javadoc Subprocess
            Subprocess child = new Subprocess("sh", "-c", "exit 3");
            int code = await(child.waitForExit());
            // endregion
            assertThat(code).isEqualTo(3);
          });
    }
  }

  @Test
  void virtualTime() {
    // region javadoc VirtualTimePoller
    try (IOLoop loop = Testing.virtualLoop()) {
      loop.runSync(() -> await(sleep(Duration.ofHours(1))));
    }
    // endregion
  }
}
