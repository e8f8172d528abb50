package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.convertYielded;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.maybeFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.BadYieldException;
import dev.ioloop.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/** What can be awaited besides a future, and what cannot. */
@OnEachGenerator
public abstract class YieldableContract extends LoopContract {

  /** Made by subclasses. */
  protected YieldableContract() {}

  private Future<String> nextTurn(String value) {
    Future<String> future = new Future<>();
    loop.addCallback(() -> future.setResult(value));
    return future;
  }

  @Test
  void collectionsAndMapsAreAwaitedToTheirDepth() {
    loop.runSync(
        () -> {
          events.add(await((Object) List.of(nextTurn("a"), nextTurn("b"))));
          Map<String, Object> map = new LinkedHashMap<>();
          map.put("list", List.of(nextTurn("c"), List.of(nextTurn("d"))));
          map.put("map", Map.of("key", nextTurn("e")));
          map.put("stage", CompletableFuture.completedStage("f"));
          events.add(await((Object) map).toString());
          events.add(await((Object) List.of()));
        });
    assertThat(events)
        .containsExactly(List.of("a", "b"), "{list=[c, [d]], map={key=e}, stage=f}", List.of());
  }

  @Test
  void convertYieldedOfAFutureIsThatFuture() {
    Future<String> future = new Future<>();
    assertThat(convertYielded(future)).isSameAs(future);
  }

  @Test
  void stageOfAnotherLibraryIsConverted() {
    loop.runSync(() -> events.add(await((Object) CompletableFuture.supplyAsync(() -> "result"))));
    assertThat(events).containsExactly("result");
  }

  @Test
  void everythingElseIsABadYield() {
    for (Object bad : new Object[] {"text", 5, new Object(), List.of("text"), Map.of("a", 1)}) {
      assertThatThrownBy(() -> convertYielded(bad)).isInstanceOf(BadYieldException.class);
    }
    assertThatThrownBy(() -> convertYielded(null))
        .isInstanceOf(BadYieldException.class)
        .hasMessageContaining("null");
  }

  /** Publishes its items on request, and records the requests. */
  private Flow.Publisher<String> publisher(List<String> items) {
    return subscriber ->
        subscriber.onSubscribe(
            new Flow.Subscription() {
              private int next;

              @Override
              public void request(long n) {
                events.add("request " + n);
                loop.addCallback(
                    () -> {
                      for (int i = 0; i < n && next < items.size(); i++) {
                        subscriber.onNext(items.get(next++));
                      }
                      if (next == items.size()) {
                        subscriber.onComplete();
                      }
                    });
              }

              @Override
              public void cancel() {
                events.add("cancel");
              }
            });
  }

  @Test
  void publisherGivesItsFirstElementAndIsAskedForNoMore() {
    loop.runSync(() -> events.add(await((Object) publisher(List.of("first", "second")))));
    assertThat(events).containsExactly("request 1", "cancel", "first");
  }

  @Test
  void publisherWithOneElementGivesIt() {
    loop.runSync(() -> events.add(await((Object) publisher(List.of("only")))));
    assertThat(events).startsWith("request 1").endsWith("only");
  }

  @Test
  void publisherWithoutAnElementDoesNotLeaveItsAwaiterWaiting() {
    loop.runSync(
        () -> {
          Future<Object> future = convertYielded(publisher(List.of()));
          future.addDoneCallback(done -> events.add("done"));
          try {
            await(future);
          } catch (NoSuchElementException e) {
            events.add("no element");
          }
        });
    assertThat(events).containsExactly("request 1", "done", "no element");
  }

  @Test
  void failureOfAPublisherIsRaised() {
    IOException failure = new IOException("failed on purpose");
    Flow.Publisher<String> failing =
        subscriber ->
            subscriber.onSubscribe(
                new Flow.Subscription() {
                  @Override
                  public void request(long n) {
                    loop.addCallback(() -> subscriber.onError(failure));
                  }

                  @Override
                  public void cancel() {
                    events.add("cancel");
                  }
                });
    loop.runSync(() -> assertThatThrownBy(() -> await((Object) failing)).isSameAs(failure));
    assertThat(events).isEmpty();
  }

  @Test
  void maybeFutureWrapsWhatIsNone() {
    Future<String> future = new Future<>();
    assertThat(maybeFuture(future)).isSameAs(future);
    assertThat(maybeFuture("text").result()).isEqualTo("text");
    assertThat(maybeFuture(null).result()).isNull();
    assertThat(maybeFuture(CompletableFuture.completedFuture("done")).result()).isEqualTo("done");
  }

  private void cancelAwaiterOf(Flow.Publisher<String> publisher) {
    Future<Object> waiting = coroutine(() -> await((Object) publisher));
    waiting.cancel(true);
    WaiterContract.awaitEnd(waiting);
  }

  @Test
  void cancelledAwaiterOfAPublisherCancelsTheSubscription() {
    loop.runSync(() -> cancelAwaiterOf(publisher(List.of("late"))));
    assertThat(events).containsExactly("request 1", "cancel");
  }

  @Test
  void subscriptionThatComesAfterTheCancellationIsCancelled() {
    List<Flow.Subscriber<? super String>> subscribers = new ArrayList<>();
    loop.runSync(
        () -> {
          cancelAwaiterOf(subscribers::add);
          publisher(List.of("late")).subscribe(subscribers.get(0));
        });
    assertThat(events).containsExactly("cancel");
  }
}
