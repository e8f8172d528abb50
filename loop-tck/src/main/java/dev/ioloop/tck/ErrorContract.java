package dev.ioloop.tck;

import static dev.ioloop.testing.Testing.expectLog;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Action;
import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.testing.ExpectLog;
import java.time.Duration;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/** Exceptions of callbacks and timeouts: who gets them, and that the loop goes on. */
public abstract class ErrorContract extends LoopContract {

  /** Made by subclasses. */
  protected ErrorContract() {}

  private static Runnable throwing(RuntimeException failure) {
    return () -> {
      throw failure;
    };
  }

  private static Runnable throwing(Error failure) {
    return () -> {
      throw failure;
    };
  }

  private void recordErrors() {
    loop.setExceptionHandler(
        (source, failure) -> {
          events.add(source);
          events.add(failure);
        });
  }

  @Test
  void exceptionInACallbackIsLoggedOnceAndTheLoopGoesOn() {
    RuntimeException failure = new RuntimeException("failed on purpose");
    loop.addCallback(throwing(failure));
    loop.addCallback(record("same turn"));
    loop.callAt(loop.time(), record("due timeout"));
    try (ExpectLog log = expectLog("Exception in callback")) {
      runOneTurn();
      log.assertCount(1);
      assertThat(log.records().get(0).getThrown()).isSameAs(failure);
    }
    assertThat(events).containsExactly("same turn", "due timeout");
  }

  @Test
  void exceptionInATimeoutIsLoggedOnceAndTheLoopGoesOn() {
    RuntimeException failure = new RuntimeException("failed on purpose");
    long now = loop.time();
    loop.callAt(now - 1, throwing(failure));
    loop.callAt(now, record("second timeout"));
    try (ExpectLog log = expectLog("Exception in")) {
      runOneTurn();
      runOneTurn();
      log.assertCount(1);
      assertThat(log.records().get(0).getThrown()).isSameAs(failure);
    }
    assertThat(events).containsExactly("second timeout");
  }

  @Test
  void exceptionInAnAddFutureCallbackIsLoggedOnceAndTheLoopGoesOn() {
    RuntimeException failure = new RuntimeException("failed on purpose");
    Future<String> future = new Future<>();
    future.setResult("result");
    loop.addFuture(
        future,
        done -> {
          throw failure;
        });
    loop.addFuture(future, done -> events.add(done.result()));
    try (ExpectLog log = expectLog("Exception in")) {
      runOneTurn();
      log.assertCount(1);
      assertThat(log.records().get(0).getThrown()).isSameAs(failure);
    }
    assertThat(events).containsExactly("result");
  }

  @Test
  void exceptionHandlerIsToldWhatFailedAndHow() {
    RuntimeException first = new RuntimeException("first");
    RuntimeException second = new RuntimeException("second");
    Runnable callback = throwing(first);
    Runnable timeout = throwing(second);
    recordErrors();
    loop.addCallback(callback);
    loop.callAt(loop.time(), timeout);
    runOneTurn();
    assertThat(events).containsExactly(callback, first, timeout, second);
  }

  @Test
  void exceptionHandlerMayBeSetByAnotherThread() throws Exception {
    RuntimeException failure = new RuntimeException("failed on purpose");
    Runnable callback = throwing(failure);
    onOtherThread(
        () -> {
          recordErrors();
          return null;
        });
    loop.addCallback(callback);
    runOneTurn();
    assertThat(events).containsExactly(callback, failure);
  }

  @Test
  void exceptionHandlerThatThrowsIsLoggedAndTheLoopGoesOn() {
    RuntimeException handlerFailure = new RuntimeException("handler failed on purpose");
    loop.setExceptionHandler(
        (source, failure) -> {
          throw handlerFailure;
        });
    loop.addCallback(throwing(new RuntimeException("failed on purpose")));
    loop.addCallback(record("same turn"));
    try (ExpectLog log = expectLog("")) {
      runOneTurn();
      assertThat(log.records()).extracting(LogRecord::getThrown).contains(handlerFailure);
    }
    assertThat(events).containsExactly("same turn");
  }

  @Test
  void assertionErrorInACallbackDoesNotEndTheLoop() {
    AssertionError failure = new AssertionError("failed on purpose");
    Runnable callback = throwing(failure);
    recordErrors();
    loop.addCallback(callback);
    loop.addCallback(record("same turn"));
    runOneTurn();
    assertThat(events).containsExactly(callback, failure, "same turn");
  }

  @Test
  void stackOverflowInACallbackDoesNotEndTheLoop() {
    Runnable callback =
        new Runnable() {
          @Override
          public void run() {
            run();
          }
        };
    loop.setExceptionHandler((source, failure) -> events.add(failure.getClass()));
    loop.addCallback(callback);
    loop.addCallback(record("same turn"));
    runOneTurn();
    assertThat(events).containsExactly(StackOverflowError.class, "same turn");
  }

  @Test
  void outOfMemoryErrorInACallbackLeavesStart() {
    leavesStart(new OutOfMemoryError("thrown on purpose"), false);
  }

  @Test
  void outOfMemoryErrorInATimeoutLeavesStart() {
    leavesStart(new OutOfMemoryError("thrown on purpose"), true);
  }

  @Test
  void otherVirtualMachineErrorLeavesStart() {
    leavesStart(new InternalError("thrown on purpose"), false);
  }

  private void leavesStart(Error failure, boolean fromTimeout) {
    recordErrors();
    if (fromTimeout) {
      loop.callAt(loop.time(), throwing(failure));
    } else {
      loop.addCallback(throwing(failure));
    }
    assertThatThrownBy(loop::start).isSameAs(failure);
    assertThat(loop.running()).isFalse();
    assertThat(events).doesNotContain(failure);
    loop.close();
  }

  @Test
  void startRestoresTheCurrentLoopWhenItEndsByAnError() {
    try (IOLoop previous = newLoop()) {
      previous.makeCurrent();
      OutOfMemoryError failure = new OutOfMemoryError("thrown on purpose");
      loop.addCallback(throwing(failure));
      assertThatThrownBy(loop::start).isSameAs(failure);
      assertThat(IOLoop.current(false)).isSameAs(previous);
    }
  }

  // An error that has left start() is not lost, so the collector has nothing to report.
  @Test
  void outOfMemoryErrorInACoroutineLeavesStart() throws InterruptedException {
    OutOfMemoryError failure = new OutOfMemoryError("thrown on purpose");
    loop.spawnCallback(
        (Action)
            () -> {
              throw failure;
            });
    assertThatThrownBy(loop::start).isSameAs(failure);
    loop.close();
    Garbage.collect();
  }

  // A failure costs no pause; Netty's own loop would sleep a second.
  @Test
  void manyFailuresDoNotSlowTheLoopDown() {
    loop.setExceptionHandler((source, failure) -> events.add(failure.getMessage()));
    for (int i = 0; i < 1000; i++) {
      loop.addCallback(throwing(new RuntimeException("failure")));
    }
    long start = System.nanoTime();
    runOneTurn();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    assertThat(events).hasSize(1000);
  }

  @Test
  void nullExceptionHandlerIsRefused() {
    assertThatThrownBy(() -> loop.setExceptionHandler(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("handler");
  }
}
