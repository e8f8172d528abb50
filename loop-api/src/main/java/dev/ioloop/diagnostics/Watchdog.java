package dev.ioloop.diagnostics;

import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reports blocked loops while they are blocked. One daemon thread looks at all running loops a few
 * times within the shortest limit. A loop is blocked if its iteration has lasted longer than its
 * limit and its thread does not wait for events. The thread exists while a loop runs. It also
 * registers loops with JMX, but only after they have run for a moment, so that short programs do
 * not pay for that. And it exists for two seconds after the main loop was given work without having
 * been started, and warns if it still has not been.
 *
 * <p>A running loop pays nothing: it counts its iterations anyway, and the count is read without
 * synchronization.
 */
public final class Watchdog implements Runnable {
  public static final String PROPERTY = "dev.ioloop.watchdog";
  private static final String JMX_PROPERTY = "dev.ioloop.jmx";

  private static final System.Logger LOG = System.getLogger("dev.ioloop");
  private static final Duration DEFAULT = Duration.ofSeconds(2);
  private static final Pattern DURATION = Pattern.compile("([1-9]\\d{0,8})(ms|s)");

  /** How often to look at a loop within its limit. */
  private static final int LOOKS = 4;

  private static final long MIN_PAUSE_MILLIS = 1;

  /** How long a loop must run before it is registered with JMX. */
  private static final long JMX_MILLIS = 500;

  /**
   * How long the thread stays alive without a loop: tests start and stop loops in quick succession.
   */
  private static final long LINGER_MILLIS = 1_000;

  /** How long work may wait for the main loop's first start. */
  private static final long START_MILLIS = 2_000;

  /** The default limit of loops; null for none. */
  private static final @Nullable Duration LIMIT = configuredLimit();

  private static volatile boolean jmx = !System.getProperty(JMX_PROPERTY, "").equals("off");

  private static final List<Watched> WATCHED = new ArrayList<>();
  private static @Nullable Thread thread;

  /** The main loop that has work but was not started; null if there is none. */
  private static @Nullable Unstarted unstarted;

  /** A loop with work that waits for its first start. It is not kept alive. */
  private record Unstarted(WeakReference<Observed> reference, String worker, long since) {

    boolean isDue() {
      return System.nanoTime() - since >= START_MILLIS * 1_000_000;
    }

    boolean isLate() {
      Observed loop = reference.get();
      return loop != null && loop.limitNanos() != null && loop.hasWaitingWork();
    }

    void report() {
      LOG.log(
          Level.WARNING,
          "Thread \""
              + worker
              + "\" gave work to IOLoop.instance(), which nobody has started in the "
              + START_MILLIS
              + " ms since then: the work waits. On a thread without a loop, coroutine(), sleep()"
              + " and the like use IOLoop.instance(). If you meant another loop, use its"
              + " spawnCallback() or addCallback(); otherwise start() this one");
    }
  }

  /** One running loop. It is not kept alive: one on a host may be forgotten with its host. */
  private static final class Watched {
    final WeakReference<Observed> reference;
    final long begin = System.nanoTime();

    /** The limit; the maximum for none. */
    final long limitNanos;

    /** Unregisters the loop from JMX; null if it is not registered. */
    @Nullable Runnable unregister;

    long progress = -1;

    /** When {@link #progress} last changed, or the loop last waited. */
    long since;

    /** How long a block must last before the next report. */
    long nextReport;

    /**
     * Whether a loop on a host was given a callback that would show that the host makes progress.
     */
    boolean probed;

    /** The present block, if it was reported. */
    @Nullable Blocked reported;

    /**
     * Set when the loop has ended or has another limit: a look in progress then reports nothing
     * more.
     */
    private volatile boolean over;

    Watched(Observed loop, long limitNanos) {
      this.reference = new WeakReference<>(loop);
      this.limitNanos = limitNanos;
      this.nextReport = limitNanos;
    }

    void look(long now) {
      Observed loop = reference.get();
      if (loop != null && !over) {
        if (jmx && unregister == null && now - begin >= JMX_MILLIS * 1_000_000) {
          register(loop);
        }
        if (limitNanos < Long.MAX_VALUE) {
          look(loop, now);
        }
      }
    }

    /**
     * Returns whether this belongs to {@code loop}, or to a collected loop; if so, marks it as
     * over.
     */
    boolean isOf(Observed loop) {
      Observed present = reference.get();
      boolean found = present == null || present == loop;
      if (found) {
        over = true;
        if (unregister != null) {
          unregister.run();
        }
      }
      return found;
    }

    private void register(Observed loop) {
      try {
        Runnable registered = loop.register();
        synchronized (Watchdog.class) {
          if (WATCHED.contains(this)) {
            unregister = registered;
            return;
          }
        }
        registered.run();
      } catch (IllegalStateException | LinkageError e) {
        jmx = false; // For example, without the module java.management.
        LOG.log(Level.DEBUG, "Loops cannot be registered with JMX", e);
      }
    }

    private void look(Observed loop, long now) {
      long present = loop.progress();
      if (present != progress) {
        progress = present;
        goOn(loop, now);
        return;
      }
      long blocked = now - since;
      if (loop.isHosted() && !probed) {
        if (blocked >= limitNanos / 2) {
          probe(loop, now);
        }
        return;
      }
      if (blocked < nextReport) {
        return;
      }
      Thread culprit = loop.presentThread();
      StackTraceElement[] stack =
          culprit == null ? new StackTraceElement[0] : culprit.getStackTrace();
      if (waits(loop, stack)) {
        goOn(loop, now);
      } else if (loop.progress() == present && !StackFrames.isHandOver(stack)) {
        nextReport = 2 * blocked;
        report(loop, blocked, culprit, StackFrames.toLoop(stack));
      }
    }

    private static boolean waits(Observed loop, StackTraceElement[] stack) {
      List<StackTraceElement> frames = StackFrames.ofPoll(stack);
      return frames != null && loop.waits(frames);
    }

    /**
     * Checks whether the host is blocked. A host may be busy without any work for the loop; then
     * the loop makes no progress either.
     */
    private void probe(Observed loop, long now) {
      since = now;
      Thread host = loop.presentThread();
      if (host != null && !waits(loop, host.getStackTrace())) {
        probed = true;
        loop.probe();
      }
    }

    private void report(
        Observed loop, long blocked, @Nullable Thread culprit, List<StackTraceElement> stack) {
      Blocked before = reported;
      Duration took = Duration.ofNanos(blocked);
      Instant began = before == null ? Instant.now().minus(took) : before.began();
      Blocked now =
          new Blocked(began, took, false, loop.presentCoroutine(), loop.presentOrigin(), stack);
      LOG.log(Level.WARNING, describe(loop, now, culprit));
      reported = now;
      loop.record(now, before != null);
    }

    private void goOn(Observed loop, long now) {
      Blocked slow = reported;
      if (slow != null) {
        Duration took = Duration.ofNanos(now - since);
        loop.record(
            new Blocked(slow.began(), took, true, slow.coroutine(), slow.origin(), slow.stack()),
            true);
        if (Flight.blockedLoops) {
          FlightEvents.loopBlocked(loop, now - since, slow.coroutine(), slow.stack().toString());
        }
        LOG.log(
            Level.WARNING, loop + " was blocked for about " + text(now - since) + " and goes on");
      }
      reported = null;
      probed = false;
      nextReport = limitNanos;
      since = now;
    }

    private String describe(Observed loop, Blocked slow, @Nullable Thread culprit) {
      StringBuilder text = new StringBuilder();
      text.append(loop).append(" has been blocked for ").append(text(slow.took().toNanos()));
      if (slow.coroutine() != null) {
        text.append(" by the ").append(slow.coroutine());
      }
      if (slow.origin() != null) {
        text.append(", from ").append(slow.origin());
      }
      text.append("; run blocking work in runInExecutor(). ");
      if (culprit != null) {
        text.append("Thread \"").append(culprit.getName()).append('"');
        text.append(monitorOwner(loop, culprit)).append(':');
      }
      StackFrames.append(text, "\n\tat ", slow.stack());
      return text.toString();
    }
  }

  private Watchdog() {}

  /** Returns the limit that the property sets; an invalid value is logged and ignored. */
  private static @Nullable Duration configuredLimit() {
    try {
      return limit(System.getProperty(PROPERTY, ""));
    } catch (IllegalArgumentException e) {
      LOG.log(Level.WARNING, e.getMessage() + "; using " + text(DEFAULT.toNanos()));
      return DEFAULT;
    }
  }

  /** Returns the limit that a value of the property means; null for none. */
  public static @Nullable Duration limit(String value) {
    if (value.isEmpty()) {
      return DEFAULT;
    }
    if (value.equals("off")) {
      return null;
    }
    Matcher matcher = DURATION.matcher(value);
    if (matcher.matches()) {
      long number = Long.parseLong(matcher.group(1));
      return matcher.group(2).equals("s") ? Duration.ofSeconds(number) : Duration.ofMillis(number);
    }
    throw new IllegalArgumentException(
        "-D%s must be a time such as 100ms or 2s, or off, but was \"%s\""
            .formatted(PROPERTY, value));
  }

  public static @Nullable Duration defaultLimit() {
    return LIMIT;
  }

  /** Watches a loop with its present limit from now on, if it runs. */
  public static synchronized void watch(Observed loop) {
    unwatch(loop);
    // A loop is unwatched after it has ended, so none stays watched, whatever races.
    Long limit = loop.limitNanos();
    if (!loop.isRunning() || limit == null && !jmx) {
      return;
    }
    WATCHED.add(new Watched(loop, limit == null ? Long.MAX_VALUE : limit));
    if (thread == null) {
      startThread();
    } else {
      Watchdog.class.notifyAll(); // The pause may need to be shorter.
    }
  }

  /** Warns once if {@code loop}, to which {@code worker} gave work, is not started in time. */
  public static void expectStart(Observed loop, Thread worker) {
    if (LIMIT == null) {
      return;
    }
    synchronized (Watchdog.class) {
      unstarted = new Unstarted(new WeakReference<>(loop), worker.getName(), System.nanoTime());
      if (thread == null) {
        startThread();
      }
    }
  }

  /** Returns the main loop that should have been started by now, once; null if there is none. */
  private static synchronized @Nullable Unstarted lateStart() {
    Unstarted present = unstarted;
    if (present == null || !present.isDue()) {
      return null;
    }
    unstarted = null;
    return present.isLate() ? present : null;
  }

  /**
   * Starts the thread. If that fails, loops run unwatched; the next loop that starts tries again.
   */
  private static void startThread() {
    Thread started = new Thread(new Watchdog(), "ioloop-watchdog");
    started.setDaemon(true);
    try {
      started.start();
      thread = started;
    } catch (OutOfMemoryError e) {
      LOG.log(Level.WARNING, "Loops are not watched: no thread can be started", e);
    }
  }

  public static synchronized void unwatch(Observed loop) {
    WATCHED.removeIf(watched -> watched.isOf(loop));
  }

  /** Returns whether {@code loop} is watched. */
  public static synchronized boolean watches(Observed loop) {
    return WATCHED.stream().anyMatch(watched -> watched.reference.get() == loop);
  }

  @Override
  public void run() {
    while (lookAtAll()) {
      // Repeats until no loop runs any more.
    }
  }

  /** Waits, then looks at all loops. Returns whether the thread must go on, whatever was thrown. */
  private static boolean lookAtAll() {
    try {
      List<Watched> watched = pause();
      if (watched == null) {
        return false;
      }
      Unstarted late = lateStart();
      if (late != null) {
        late.report();
      }
      long now = System.nanoTime();
      for (Watched each : watched) {
        try {
          each.look(now);
        } catch (RuntimeException e) {
          LOG.log(Level.ERROR, "The watchdog failed", e);
        }
      }
    } catch (Throwable e) {
      tell(e);
    }
    return true;
  }

  /** Logs an error; there may be no memory to log it. */
  private static void tell(Throwable error) {
    try {
      LOG.log(Level.ERROR, "The watchdog failed, and goes on", error);
    } catch (Throwable e) {
      // The next look may find more memory.
    }
  }

  /** Waits until it is time for a look. Returns the loops, or null if the thread must end. */
  private static synchronized @Nullable List<Watched> pause() {
    try {
      Watchdog.class.wait(pauseMillis());
    } catch (InterruptedException e) {
      // Nothing interrupts this thread.
    }
    if (WATCHED.isEmpty() && unstarted == null) {
      thread = null;
      return null;
    }
    return List.copyOf(WATCHED);
  }

  private static long pauseMillis() {
    long shortest = LINGER_MILLIS;
    for (Watched watched : WATCHED) {
      long pause = watched.limitNanos / LOOKS / 1_000_000;
      shortest = Math.min(shortest, jmx ? Math.min(pause, JMX_MILLIS) : pause);
    }
    return Math.max(MIN_PAUSE_MILLIS, shortest);
  }

  /** Returns a text about the owner of the monitor that a thread waits for, or an empty string. */
  private static String monitorOwner(Observed loop, Thread thread) {
    try {
      return thread.getState() == Thread.State.BLOCKED ? MonitorOwner.describe(loop, thread) : "";
    } catch (LinkageError e) {
      return ""; // For example, without the module java.management.
    }
  }

  private static String text(long nanos) {
    return nanos / 1_000_000 + " ms";
  }
}
