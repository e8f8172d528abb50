package dev.ioloop;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reports loops that are blocked, while they are: one daemon thread looks at all running loops a
 * few times within the shortest limit. A loop is blocked if its iteration has not gone on for
 * longer than its limit and its thread does not wait for events. The thread exists while a loop
 * runs.
 *
 * <p>A running loop pays nothing: the count of its iterations is kept anyway, and read without any
 * agreement between the threads.
 */
final class Watchdog implements Runnable {
  static final String PROPERTY = "dev.ioloop.watchdog";

  private static final System.Logger LOG = System.getLogger("dev.ioloop");
  private static final Duration DEFAULT = Duration.ofSeconds(2);
  private static final Pattern DURATION = Pattern.compile("([1-9]\\d{0,8})(ms|s)");

  /** How often a loop is looked at within its limit. */
  private static final int LOOKS = 4;

  private static final long MIN_PAUSE_MILLIS = 1;

  /** How long the thread stays without a loop: tests start and stop one after the other. */
  private static final long LINGER_MILLIS = 1_000;

  private static final Runnable PROBE = () -> {};

  /** The packages of those who wait for events on a loop's behalf. */
  private static final List<String> WAITERS =
      List.of(
          "io.netty.",
          "java.",
          "jdk.",
          "sun.nio.ch.",
          "dev.ioloop.nio.NioPoller",
          "dev.ioloop.netty.NettyPoller");

  /** The limit of loops that say nothing; null for none. */
  private static final @Nullable Duration LIMIT = configuredLimit();

  private static final List<Watched> WATCHED = new ArrayList<>();
  private static @Nullable Thread thread;

  /** One running loop. */
  private static final class Watched {
    final IOLoop loop;
    final long limitNanos;
    long progress = -1;

    /** Since when {@link #progress} has not changed, or the loop has waited. */
    long since;

    /** After how long a block is reported next. */
    long nextReport;

    /** Whether a loop on a host has been given a callback that would show that the host goes on. */
    boolean probed;

    /** The block that goes on, if it was reported. */
    @Nullable SlowCallback reported;

    Watched(IOLoop loop, long limitNanos) {
      this.loop = loop;
      this.limitNanos = limitNanos;
      this.nextReport = limitNanos;
    }

    void look(long now) {
      long present = loop.progress();
      if (present != progress) {
        progress = present;
        goOn(now);
        return;
      }
      long blocked = now - since;
      if (loop.isHosted() && !probed) {
        if (blocked >= limitNanos / 2) {
          probe(now);
        }
        return;
      }
      if (blocked < nextReport) {
        return;
      }
      Thread culprit = loop.presentThread();
      StackTraceElement[] stack =
          culprit == null ? new StackTraceElement[0] : culprit.getStackTrace();
      if (waits(stack)) {
        goOn(now);
      } else if (loop.progress() == present) {
        nextReport = 2 * blocked;
        report(blocked, culprit, stack);
      }
    }

    /** A host may be busy without any work for the loop: then the loop makes no progress either. */
    private void probe(long now) {
      since = now;
      Thread host = loop.presentThread();
      if (host != null && !waits(host.getStackTrace())) {
        probed = true;
        loop.addCallback(PROBE);
      }
    }

    private void report(long blocked, @Nullable Thread culprit, StackTraceElement[] stack) {
      SlowCallback before = reported;
      Duration took = Duration.ofNanos(blocked);
      Instant began = before == null ? Instant.now().minus(took) : before.began();
      SlowCallback now =
          new SlowCallback(began, took, false, loop.presentCoroutine(), List.of(stack));
      LOG.log(Level.WARNING, describe(blocked, now.coroutine(), culprit, stack));
      reported = now;
      loop.recordSlow(before, now);
    }

    private void goOn(long now) {
      SlowCallback slow = reported;
      if (slow != null) {
        Duration took = Duration.ofNanos(now - since);
        loop.recordSlow(
            slow, new SlowCallback(slow.began(), took, true, slow.coroutine(), slow.stack()));
        LOG.log(
            Level.WARNING, loop + " was blocked for about " + text(now - since) + " and goes on");
      }
      reported = null;
      probed = false;
      nextReport = limitNanos;
      since = now;
    }

    private String describe(
        long blocked,
        @Nullable String coroutine,
        @Nullable Thread culprit,
        StackTraceElement[] stack) {
      StringBuilder text = new StringBuilder();
      text.append(loop).append(" has been blocked for ").append(text(blocked));
      if (coroutine != null) {
        text.append(" by the ").append(coroutine);
      }
      String name = culprit == null ? "" : culprit.getName();
      text.append("; what blocks belongs into runInExecutor(). Thread \"" + name + "\":");
      for (StackTraceElement frame : stack) {
        text.append("\n\tat ").append(frame);
      }
      return text.toString();
    }
  }

  private Watchdog() {}

  /** Returns what the property asks for; a value that says nothing is logged and not taken. */
  private static @Nullable Duration configuredLimit() {
    try {
      return limit(System.getProperty(PROPERTY, ""));
    } catch (IllegalArgumentException e) {
      LOG.log(Level.WARNING, e.getMessage() + "; taking " + text(DEFAULT.toNanos()));
      return DEFAULT;
    }
  }

  /** Returns the limit that a property's value asks for; null for none. */
  static @Nullable Duration limit(String value) {
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
        "-D%s is a time such as 100ms or 2s, or off, but was \"%s\"".formatted(PROPERTY, value));
  }

  static @Nullable Duration defaultLimit() {
    return LIMIT;
  }

  /** Begins to watch a loop that is about to run. */
  static synchronized void watch(IOLoop loop, @Nullable Duration limit) {
    unwatch(loop);
    if (limit == null) {
      return;
    }
    WATCHED.add(new Watched(loop, limit.toNanos()));
    if (thread == null) {
      thread = new Thread(new Watchdog(), "ioloop-watchdog");
      thread.setDaemon(true);
      thread.start();
    } else {
      Watchdog.class.notifyAll(); // The pause may have to be shorter.
    }
  }

  static synchronized void unwatch(IOLoop loop) {
    WATCHED.removeIf(watched -> watched.loop == loop);
  }

  @Override
  public void run() {
    while (true) {
      List<Watched> watched = pause();
      if (watched == null) {
        return;
      }
      long now = System.nanoTime();
      for (Watched each : watched) {
        try {
          each.look(now);
        } catch (RuntimeException e) {
          LOG.log(Level.ERROR, "The watchdog failed", e);
        }
      }
    }
  }

  /** Waits until it is time for a look. Returns the loops, or null where the thread is to end. */
  private static synchronized @Nullable List<Watched> pause() {
    try {
      Watchdog.class.wait(pauseMillis());
    } catch (InterruptedException e) {
      // Nobody has a reason for that.
    }
    if (WATCHED.isEmpty()) {
      thread = null;
      return null;
    }
    return List.copyOf(WATCHED);
  }

  private static long pauseMillis() {
    long shortest =
        WATCHED.stream().mapToLong(watched -> watched.limitNanos).min().orElse(Long.MAX_VALUE);
    return shortest == Long.MAX_VALUE
        ? LINGER_MILLIS
        : Math.max(MIN_PAUSE_MILLIS, shortest / LOOKS / 1_000_000);
  }

  /** Returns whether the stack is that of a thread that waits for events, and not of a handler. */
  private static boolean waits(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .map(StackTraceElement::getClassName)
        .takeWhile(name -> !name.equals(Iterations.class.getName()))
        .allMatch(name -> WAITERS.stream().anyMatch(name::startsWith));
  }

  private static String text(long nanos) {
    return nanos / 1_000_000 + " ms";
  }
}
