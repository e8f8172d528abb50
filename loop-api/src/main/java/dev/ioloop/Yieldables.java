package dev.ioloop;

import dev.ioloop.spi.YieldConverter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Converts what a coroutine awaits into a future; {@link YieldConverter}s add more types. */
final class Yieldables {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");
  private static final List<YieldConverter> CONVERTERS = converters();

  private Yieldables() {}

  private static List<YieldConverter> converters() {
    List<YieldConverter> found = new ArrayList<>();
    var loader =
        ServiceLoader.load(YieldConverter.class, Yieldables.class.getClassLoader()).iterator();
    while (true) {
      try {
        if (!loader.hasNext()) {
          return List.copyOf(found);
        }
        found.add(loader.next());
      } catch (ServiceConfigurationError | LinkageError e) {
        LOG.log(System.Logger.Level.WARNING, "A YieldConverter could not be loaded", e);
      }
    }
  }

  static Future<@Nullable Object> convert(@Nullable Object yielded) {
    Future<@Nullable Object> future = yielded == null ? null : convertOrNull(yielded);
    if (future == null) {
      throw Gen.badYield(yielded);
    }
    return future;
  }

  /** Returns whether {@link #convert} accepts this object itself. */
  static boolean isKnown(Object x) {
    return x instanceof CompletionStage
        || x instanceof Flow.Publisher
        || convertByService(x) != null;
  }

  @SuppressWarnings("unchecked")
  private static @Nullable Future<@Nullable Object> convertOrNull(Object yielded) {
    if (yielded instanceof CompletionStage) {
      return Future.from((CompletionStage<@Nullable Object>) yielded);
    }
    if (yielded instanceof Flow.Publisher) {
      return first((Flow.Publisher<Object>) yielded);
    }
    if (yielded instanceof Map<?, ?> map) {
      Map<Object, Future<@Nullable Object>> children = new LinkedHashMap<>();
      map.forEach((key, value) -> children.put(key, convert(value)));
      return (Future<@Nullable Object>) (Future<?>) Gen.multi(children);
    }
    if (yielded instanceof Collection<?> collection) {
      List<Future<@Nullable Object>> children = new ArrayList<>();
      collection.forEach(value -> children.add(convert(value)));
      return (Future<@Nullable Object>) (Future<?>) Gen.multi(children);
    }
    return convertByService(yielded);
  }

  @SuppressWarnings("unchecked")
  private static @Nullable Future<@Nullable Object> convertByService(Object yielded) {
    for (YieldConverter converter : CONVERTERS) {
      CompletionStage<?> stage = converter.convert(yielded);
      if (stage != null) {
        return Future.from((CompletionStage<@Nullable Object>) stage);
      }
    }
    return null;
  }

  /** Returns a future of the first element of {@code publisher}. */
  private static Future<@Nullable Object> first(Flow.Publisher<Object> publisher) {
    Future<Flow.Subscription> subscribed = new Future<>();
    Future<@Nullable Object> future = Future.owned(() -> cancel(subscribed));
    publisher.subscribe(
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            if (subscribed.complete(subscription)) {
              subscription.request(1);
            } else {
              subscription.cancel();
            }
          }

          @Override
          public void onNext(Object item) {
            if (!future.isDone()) {
              cancel(subscribed);
              future.complete(item);
            }
          }

          @Override
          public void onError(Throwable failure) {
            future.completeExceptionally(failure);
          }

          @Override
          public void onComplete() {
            if (!future.isDone()) {
              future.completeExceptionally(
                  new NoSuchElementException("the publisher completed without an element"));
            }
          }
        });
    return future;
  }

  /** Cancels a subscription, even one that has not arrived yet. */
  private static void cancel(Future<Flow.Subscription> subscribed) {
    if (!subscribed.cancel(true) && !subscribed.isCancelled()) {
      subscribed.result().cancel();
    }
  }
}
