package dev.ioloop.demo.serve;

import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopStats;
import dev.ioloop.SlowCallback;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * The state of a loop, as the page shows it.
 *
 * @param seen the time of this state, in milliseconds
 * @param lagMillis the worst lateness of a timer in the last second
 * @param waiting the text of what the coroutines wait for
 * @param slow newest first
 */
record LoopState(
    String name,
    String backend,
    String generator,
    long seen,
    long turnsPerSecond,
    long callbacksPerSecond,
    double lagMillis,
    int timers,
    int suspended,
    int browsers,
    String waiting,
    List<String> slow) {

  private static final int SHOWN_COROUTINES = 20;
  private static final int SHOWN_SLOW = 10;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

  /** Looks at a loop, on its thread, a second after {@code before}. */
  static LoopState of(String name, IOLoop loop, LoopStats before, long lagNanos, int browsers) {
    LoopStats now = loop.stats();
    return new LoopState(
        name,
        loop.backend(),
        Gen.generator(),
        System.currentTimeMillis(),
        now.turns() - before.turns(),
        now.callbacks() - before.callbacks(),
        lagNanos / 10_000 / 100.0,
        now.timeoutsPending(),
        now.coroutinesSuspended(),
        browsers,
        loop.dump(SHOWN_COROUTINES),
        slow(loop.slowCallbacks()));
  }

  private static List<String> slow(List<SlowCallback> all) {
    List<String> texts = new ArrayList<>();
    for (int i = all.size() - 1; i >= 0 && texts.size() < SHOWN_SLOW; i--) {
      texts.add(text(all.get(i)));
    }
    return texts;
  }

  private static String text(SlowCallback slow) {
    return TIME.format(slow.began())
        + ": "
        + slow.took().toMillis()
        + " ms"
        + (slow.ended() ? "" : " and not over")
        + (slow.coroutine() == null ? "" : ", " + slow.coroutine())
        + (slow.stack().isEmpty() ? "" : ", in " + slow.stack().get(0));
  }
}
