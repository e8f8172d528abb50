package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.spi.ThreadLocalCarrier;
import org.jspecify.annotations.Nullable;

/** A carrier, which is only found where a file in META-INF/services names it. */
public final class Languages {
  private Languages() {}

  static final ThreadLocal<@Nullable String> LANGUAGE = new ThreadLocal<>();

  // region carrier
  public static final class LanguageCarrier implements ThreadLocalCarrier {
    @Override
    public @Nullable Object capture() {
      return LANGUAGE.get();
    }

    @Override
    public void restore(@Nullable Object captured) {
      if (captured == null) {
        LANGUAGE.remove();
      } else {
        LANGUAGE.set((String) captured);
      }
    }
  }

  // endregion

  private static Future<Void> greet(String language) {
    return coroutine(
        () -> {
          LANGUAGE.set(language);
          await(moment);
          System.out.println(language + " is " + LANGUAGE.get());
        });
  }

  public static void main(String[] arguments) {
    try (IOLoop loop = IOLoop.create()) {
      loop.runSync(
          () -> {
            Future<Void> first = greet("pl");
            Future<Void> second = greet("pt");
            await(first);
            await(second);
          });
    }
    System.out.println("main is " + LANGUAGE.get());
  }
}
