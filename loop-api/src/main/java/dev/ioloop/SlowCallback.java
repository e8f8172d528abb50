package dev.ioloop;

import dev.ioloop.diagnostics.StackFrames;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A callback, handler or segment of a coroutine that blocked a loop for longer than the limit; see
 * {@link IOLoop#slowCallbacks}.
 *
 * @param began when it began, accurate to a quarter of the limit
 * @param took how long it has taken so far, accurate to a quarter of the limit
 * @param ended whether it has ended
 * @param coroutine the coroutine, or null for a callback or a handler
 * @param origin in debug mode, the line that posted the callback or started the coroutine; else
 *     null
 * @param stack the stack when it was last seen blocking, innermost frame first
 */
public record SlowCallback(
    Instant began,
    Duration took,
    boolean ended,
    @Nullable String coroutine,
    @Nullable String origin,
    List<StackTraceElement> stack) {

  /** Returns a line of text with all of this, followed by the stack. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(began).append(": ").append(IOLoop.nanos(took) / 1_000_000).append(" ms");
    text.append(ended ? "" : " and not over");
    text.append(coroutine == null ? "" : ", the " + coroutine);
    text.append(origin == null ? "" : ", from " + origin);
    StackFrames.append(text, "\n    at ", stack);
    return text.toString();
  }
}
