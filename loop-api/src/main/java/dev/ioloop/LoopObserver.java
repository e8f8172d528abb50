package dev.ioloop;

import dev.ioloop.diagnostics.Blocked;
import dev.ioloop.diagnostics.Observed;
import dev.ioloop.diagnostics.Origins;
import dev.ioloop.diagnostics.Watchdog;
import dev.ioloop.fiber.Fiber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Presents one loop to the watchdog, and keeps the slow callbacks that the watchdog found. */
final class LoopObserver implements Observed {
  private static final int MAX_SLOW_CALLBACKS = 100;
  private static final Runnable PROBE = () -> {};

  private final IOLoop loop;
  private volatile @Nullable Duration limit = Watchdog.defaultLimit();
  private volatile List<SlowCallback> slowCallbacks = List.of();

  /** The callback that runs now; recorded in debug mode only. */
  private volatile @Nullable Runnable presentCallback;

  LoopObserver(IOLoop loop) {
    this.loop = loop;
  }

  void setLimit(@Nullable Duration limit) {
    this.limit = limit;
    Watchdog.watch(this);
  }

  List<SlowCallback> slowCallbacks() {
    return slowCallbacks;
  }

  void setPresentCallback(@Nullable Runnable callback) {
    presentCallback = callback;
  }

  @Override
  public boolean isRunning() {
    return loop.running();
  }

  @Override
  public @Nullable Long limitNanos() {
    Duration present = limit;
    return present == null ? null : IOLoop.nanos(present);
  }

  @Override
  public long progress() {
    return loop.progress();
  }

  @Override
  public boolean isHosted() {
    return loop.isHosted();
  }

  @Override
  public @Nullable Thread presentThread() {
    return loop.presentThread();
  }

  @Override
  public boolean waits(List<StackTraceElement> poll) {
    return loop.waits(poll);
  }

  @Override
  public @Nullable Fiber presentFiber() {
    return loop.presentFiber();
  }

  @Override
  public @Nullable String presentCoroutine() {
    Object body = presentBody();
    return body == null ? null : body.toString();
  }

  @Override
  public @Nullable String presentOrigin() {
    if (!Origins.ENABLED) {
      return null;
    }
    Object present = presentBody();
    if (present == null) {
      present = presentCallback;
    }
    if (present instanceof Context.InContext inContext) {
      present = inContext.callback();
    }
    return present == null ? null : Origins.line(present);
  }

  private @Nullable Object presentBody() {
    Fiber fiber = presentFiber();
    return fiber == null || fiber.ended() ? null : fiber.body();
  }

  @Override
  public boolean hasSuspended() {
    return loop.suspended.size() > 0;
  }

  @Override
  public boolean hasWaitingWork() {
    return loop.hasWaitingWork();
  }

  @Override
  public void probe() {
    loop.post(PROBE);
  }

  @Override
  public void record(Blocked blocked, boolean replacesLast) {
    List<SlowCallback> all = new ArrayList<>(slowCallbacks);
    if (replacesLast && !all.isEmpty()) {
      all.remove(all.size() - 1);
    } else if (all.size() == MAX_SLOW_CALLBACKS) {
      all.remove(0);
    }
    all.add(
        new SlowCallback(
            blocked.began(),
            blocked.took(),
            blocked.ended(),
            blocked.coroutine(),
            blocked.origin(),
            blocked.stack()));
    slowCallbacks = List.copyOf(all);
  }

  @Override
  public Runnable register() {
    return Management.register(loop);
  }

  @Override
  public String toString() {
    return loop.toString();
  }
}
