package dev.ioloop.diagnostics;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has kept a loop for longer than its limit, as the watchdog has seen it.
 *
 * @param ended whether it has ended since
 * @param coroutine null if it was a callback or a handler
 * @param origin in debug mode, the line that it comes from; else null
 */
public record Blocked(
    Instant began,
    Duration took,
    boolean ended,
    @Nullable String coroutine,
    @Nullable String origin,
    List<StackTraceElement> stack) {}
