package dev.ioloop.slf4j;

import dev.ioloop.spi.ThreadLocalCarrier;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Carries the {@link MDC} along with callbacks, timeouts, handlers and coroutines. Adding this
 * module to the class or module path is enough.
 */
public final class MdcCarrier implements ThreadLocalCarrier {

  /** Called by {@link java.util.ServiceLoader}. */
  public MdcCarrier() {}

  @Override
  public @Nullable Object capture() {
    Map<String, String> values = MDC.getCopyOfContextMap();
    return values == null || values.isEmpty() ? null : values;
  }

  @Override
  @SuppressWarnings("unchecked")
  public void restore(@Nullable Object captured) {
    if (captured == null) {
      MDC.clear();
    } else {
      MDC.setContextMap((Map<String, String>) captured);
    }
  }
}
