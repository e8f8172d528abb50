package dev.ioloop.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Callbacks: in which turn they run, in what order, and on which thread. */
@Needs({})
public abstract class CallbackContract extends LoopContract {

  /** Made by subclasses. */
  protected CallbackContract() {}

  @Test
  void callbacksRunInTheOrderTheyWereAdded() {
    IntStream.range(0, 1000).forEach(i -> loop.addCallback(record(i)));
    runOneTurn();
    assertThat(events).isEqualTo(IntStream.range(0, 1000).boxed().toList());
  }

  @Test
  void callbackAddedByACallbackRunsInTheNextTurn() {
    loop.callAt(loop.time(), record("due timeout"));
    loop.addCallback(
        () -> {
          events.add("first");
          loop.addCallback(record("added"));
          loop.addCallback(loop::stop);
        });
    loop.addCallback(record("second"));
    loop.start();
    assertThat(events).containsExactly("first", "second", "due timeout", "added");
  }

  @Test
  void callbackAddedByATimeoutRunsInTheNextTurn() {
    loop.callAt(
        loop.time() - 2,
        () -> {
          events.add("timeout");
          loop.addCallback(record("added"));
          loop.addCallback(loop::stop);
        });
    loop.callAt(loop.time() - 1, record("second timeout"));
    loop.addCallback(record("callback"));
    loop.start();
    assertThat(events).containsExactly("callback", "timeout", "second timeout", "added");
  }

  @Test
  void sameCallbackAddedTwiceRunsTwice() {
    Runnable callback = record("run");
    loop.addCallback(callback);
    loop.addCallback(callback);
    runOneTurn();
    assertThat(events).containsExactly("run", "run");
  }

  @Test
  void callbacksOfEachPostingThreadKeepTheirOrder() throws Exception {
    int threads = 4;
    int each = 5_000;
    List<OtherThread<Void>> posters = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      String name = "poster " + i;
      posters.add(
          OtherThread.run(
              () -> {
                for (int n = 0; n < each; n++) {
                  String event = name + " " + n;
                  loop.addCallback(
                      () -> {
                        events.add(event);
                        if (events.size() == threads * each) {
                          loop.stop();
                        }
                      });
                }
              }));
    }
    loop.start();
    for (OtherThread<Void> poster : posters) {
      poster.join();
    }
    for (int i = 0; i < threads; i++) {
      String name = "poster " + i;
      assertThat(events.stream().filter(event -> event.toString().startsWith(name)))
          .isEqualTo(IntStream.range(0, each).mapToObj(n -> name + " " + n).toList());
    }
  }

  // The loop is most likely blocked when the callback comes; it must not wait for more.
  @Test
  void callbackFromAnotherThreadWakesTheLoop() throws Exception {
    OtherThread<Void> other =
        OtherThread.run(
            () -> {
              while (!loop.running()) {
                Thread.onSpinWait();
              }
              loop.addCallback(() -> events.add(Thread.currentThread()));
              loop.addCallbackFromSignal(() -> events.add(Thread.currentThread()));
              loop.execute(() -> events.add(Thread.currentThread()));
              loop.addCallback(loop::stop);
            });
    loop.start();
    other.join();
    Thread me = Thread.currentThread();
    assertThat(events).containsExactly(me, me, me);
  }

  @Test
  void executeAndAddCallbackFromSignalQueueAsAddCallbackDoes() {
    loop.execute(record("execute"));
    loop.addCallback(record("addCallback"));
    loop.addCallbackFromSignal(record("addCallbackFromSignal"));
    runOneTurn();
    assertThat(events).containsExactly("execute", "addCallback", "addCallbackFromSignal");
  }

  @Test
  void nullCallbackIsRefusedAtTheCall() {
    assertThatThrownBy(() -> loop.addCallback(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("callback");
    assertThatThrownBy(() -> loop.addCallbackFromSignal(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("callback");
    assertThatThrownBy(() -> loop.execute(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("callback");
    runOneTurn();
  }

  @Test
  void addFutureOfADoneFutureCallsBackInTheNextTurn() {
    Future<String> future = new Future<>();
    future.setResult("result");
    loop.addCallback(
        () -> {
          loop.addFuture(future, done -> events.add(done.result()));
          events.add("added");
        });
    loop.addCallback(record("same turn"));
    loop.addCallback(() -> loop.addCallback(loop::stop));
    loop.start();
    assertThat(events).containsExactly("added", "same turn", "result");
  }

  @Test
  void addFutureCallsBackInALaterTurnThanTheCompletion() {
    Future<String> future = new Future<>();
    loop.addFuture(
        future,
        done -> {
          assertThat(done).isSameAs(future);
          events.add(done.result());
          loop.stop();
        });
    loop.addCallback(
        () -> {
          future.setResult("result");
          events.add("completed");
        });
    loop.addCallback(record("same turn"));
    loop.start();
    assertThat(events).containsExactly("completed", "same turn", "result");
  }

  @Test
  void addFutureCallsBackOnTheLoopsThreadWhoeverCompletes() throws Exception {
    Future<String> future = new Future<>();
    CompletableFuture<String> foreign = new CompletableFuture<>();
    Thread me = Thread.currentThread();
    loop.addFuture(future, done -> events.add(done.result() + (Thread.currentThread() == me)));
    loop.addFuture(
        foreign,
        done -> {
          events.add(done.result() + (Thread.currentThread() == me));
          loop.stop();
        });
    OtherThread<Void> other =
        OtherThread.run(
            () -> {
              future.setResult("ours ");
              foreign.complete("foreign ");
            });
    loop.start();
    other.join();
    assertThat(events).containsExactly("ours true", "foreign true");
  }

  @Test
  void addFutureHandsOverAFailedFuture() {
    CompletableFuture<String> foreign = new CompletableFuture<>();
    IllegalArgumentException failure = new IllegalArgumentException("failed");
    loop.addFuture(
        foreign,
        done -> {
          events.add(done.exception());
          loop.stop();
        });
    loop.addCallback(() -> foreign.completeExceptionally(failure));
    loop.start();
    assertThat(events).containsExactly(failure);
  }
}
