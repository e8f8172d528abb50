package dev.ioloop.testing;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.named;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Action;
import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** There is no backend here, so all of it is in virtual time. */
@Timeout(5)
final class GenTestTest {

  private Future<String> fromSetUp;

  @BeforeEach
  void startACoroutineInSetUp() {
    fromSetUp =
        coroutine(
            () -> {
              await(sleep(Duration.ofMinutes(1)));
              return "result";
            });
  }

  @AfterEach
  void loopIsStillCurrent() {
    assertThat(IOLoop.current(false)).isNotNull();
  }

  @GenTest(virtualTime = true)
  void bodyIsACoroutineOnALoopOfItsOwn(IOLoop loop) {
    long start = loop.time();
    assertThat(IOLoop.current()).isSameAs(loop);
    await(sleep(Duration.ofHours(1)));
    assertThat(loop.time() - start).isEqualTo(3_600_000_000_000L);
    assertThat(fromSetUp.result()).isEqualTo("result");
  }

  @GenTest(virtualTime = true)
  @ExpectFailure("failed on purpose")
  void exceptionOfTheBodyFailsTheTest() throws Exception {
    await(moment);
    throw new IOException("failed on purpose");
  }

  @GenTest(virtualTime = true)
  @ExpectFailure("callback failed on purpose")
  void exceptionInACallbackFailsTheTest(IOLoop loop) {
    loop.addCallback(
        () -> {
          throw new IllegalStateException("callback failed on purpose");
        });
    await(moment);
    await(moment);
  }

  @GenTest(virtualTime = true)
  @ExpectFailure("spawned one failed on purpose")
  void failureOfACoroutineThatNobodyAwaitsFailsTheTest(IOLoop loop) {
    loop.spawnCallback(
        (Action)
            () -> {
              throw new IOException("spawned one failed on purpose");
            });
    await(moment);
    await(moment);
  }

  @GenTest(virtualTime = true, timeoutMillis = 50)
  @ExpectFailure({"PT0.05S", "GenTestTest.java:"})
  void testThatTakesTooLongIsCancelledAndShowsWhereItWas() {
    await(new Future<>());
  }

  @GenTest(virtualTime = true, timeoutMillis = 50)
  @ExpectFailure({"a deadlock", "DEADLOCK: it waits for the coroutine \"first\" above"})
  void deadlockIsCalledOne() {
    await(fromSetUp);
    Future<Future<Void>> second = new Future<>();
    Future<Void> first = coroutine(named("first", () -> await(await(second))));
    second.setResult(coroutine(() -> await(first)));
    await(first);
  }

  @GenTest(virtualTime = true, suspendedAllowed = true)
  void coroutinesMayBeLeftSuspendedWhereTheTestSaysSo() {
    coroutine(() -> await(new Future<Void>()));
  }

  @GenTest(virtualTime = true, generator = "thread")
  void makeOfCoroutinesCanBeChosen() {
    await(fromSetUp);
    assertThat(Gen.generator()).isEqualTo("thread");
  }

  @ExpectFailure({"shuffled by seed 42", "@GenTest(shuffled = true, seed = 42)", "as expected"})
  @GenTest(virtualTime = true, shuffled = true, seed = 42)
  void failureNamesTheSeed() {
    await(sleep(Duration.ofHours(1)));
    throw new IllegalStateException("as expected");
  }
}
