package dev.ioloop.diagnostics;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A block of a loop that lasted longer than its limit, as the watchdog saw it.
 *
 * @param ended whether it has ended
 * @param coroutine null for a callback or a handler
 * @param origin in debug mode, the line that it comes from; else null
 */
public record Blocked(
    Instant began,
    Duration took,
    boolean ended,
    @Nullable String coroutine,
    @Nullable String origin,
    List<StackTraceElement> stack) {}
