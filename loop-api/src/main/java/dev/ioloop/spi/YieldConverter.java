package dev.ioloop.spi;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Teaches {@code Gen.convertYielded} another library's type, found by {@link
 * java.util.ServiceLoader}. Tornado: {@code convert_yielded.register}.
 */
@FunctionalInterface
public interface YieldConverter {

  /**
   * Returns a stage that ends as {@code yielded} does, or null where this converter does not know
   * the type. The stage may be completed by any thread.
   */
  @Nullable CompletionStage<?> convert(Object yielded);
}
