package dev.ioloop.spi;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Teaches {@code Gen.convertYielded} a type of another library. Found by {@link
 * java.util.ServiceLoader}. Tornado: {@code convert_yielded.register}.
 */
@FunctionalInterface
public interface YieldConverter {

  /**
   * Returns a stage that completes as {@code yielded} does, or null if this converter does not know
   * the type. Any thread may complete the stage.
   */
  @Nullable CompletionStage<?> convert(Object yielded);
}
