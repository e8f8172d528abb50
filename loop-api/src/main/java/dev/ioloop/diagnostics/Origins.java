package dev.ioloop.diagnostics;

import dev.ioloop.fiber.Fiber;
import java.lang.StackWalker.StackFrame;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Records, in debug mode, the line that created a future, started a coroutine or posted a callback,
 * and the coroutine that did so. Without debug mode nothing is recorded: the compiler removes the
 * check of a constant.
 */
public final class Origins {

  /** Set by {@code -Ddev.ioloop.debug=true}. */
  public static final boolean ENABLED = MonitorCheck.ENABLED;

  /** Our own packages, whose lines do not help users. */
  private static final Set<String> OURS =
      Set.of(
          "dev.ioloop",
          "dev.ioloop.diagnostics",
          "dev.ioloop.fiber",
          "dev.ioloop.iteration",
          "dev.ioloop.locks",
          "dev.ioloop.net",
          "dev.ioloop.netty",
          "dev.ioloop.nio",
          "dev.ioloop.process",
          "dev.ioloop.queues",
          "dev.ioloop.spi",
          "dev.ioloop.waitqueue");

  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private static final System.Logger LOG = System.getLogger("dev.ioloop");

  /** The lines that were warned about. */
  private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

  private static final int MAX_WARNED = 1_000;

  private static final Map<IdentityKey, String> LINES = new ConcurrentHashMap<>();
  private static final ReferenceQueue<Object> COLLECTED = new ReferenceQueue<>();

  private Origins() {}

  /**
   * Records the user's line that is being executed as the origin of {@code object}.
   *
   * @param fiber the innermost fiber on the calling thread, or null
   */
  public static void note(Object object, @Nullable Fiber fiber) {
    for (Reference<?> gone = COLLECTED.poll(); gone != null; gone = COLLECTED.poll()) {
      LINES.remove(gone);
    }
    WALKER
        .walk(frames -> frames.filter(Origins::isUsers).findFirst())
        .ifPresent(frame -> LINES.put(new IdentityKey(object, COLLECTED), describe(frame, fiber)));
  }

  private static String describe(StackFrame frame, @Nullable Fiber fiber) {
    StackTraceElement line = StackFrames.plain(frame.toStackTraceElement());
    return fiber == null || fiber.ended() ? line.toString() : line + ", in the " + fiber.body();
  }

  private static boolean isUsers(StackFrame frame) {
    return !OURS.contains(frame.getDeclaringClass().getPackageName())
        && !StackFrames.isSwitching(frame.getClassName())
        && !frame.getClassName().startsWith("java.");
  }

  /** Warns, once for each line, that a coroutine started there returned a pending stage. */
  public static void warnOfPendingResult(Object runner) {
    String place = line(runner);
    if (place == null) {
      place = runner.toString();
    }
    int about = place.indexOf(", in the ");
    String line = about < 0 ? place : place.substring(0, about);
    if (WARNED.size() < MAX_WARNED && WARNED.add(line)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The {0} started at {1} returned a future that is not done; nobody waits for it."
              + " If that is not intended, await(..) it in the body",
          runner,
          line);
    }
  }

  /** Returns {@code before} and the line that {@code object} comes from, or an empty string. */
  public static String text(String before, Object object) {
    if (!ENABLED) {
      return "";
    }
    String line = line(object);
    return line == null ? "" : before + line;
  }

  /** Returns the line that {@code object} comes from, or null if that is not known. */
  public static @Nullable String line(Object object) {
    return LINES.get(new IdentityKey(object, null));
  }
}
