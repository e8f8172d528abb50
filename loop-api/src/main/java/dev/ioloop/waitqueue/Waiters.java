package dev.ioloop.waitqueue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Waiters for the same thing, first come first served. A waiter that is served, times out or is
 * cancelled leaves the line at once, from any position, in constant time.
 *
 * <p>A future can also be completed by its user, or cancelled on another thread, which gives up the
 * place a moment later. {@link #take} skips such a waiter, and {@link Waiter#serve} returns false
 * if it was too late.
 */
public final class Waiters<W extends Waiter<?>> {
  private static final int MAX_COUNTED = 100;

  final Confinement confinement;
  private final String timedOut;
  private @Nullable Waiter<?> first;
  private @Nullable Waiter<?> last;
  private int size;

  /**
   * Creates an empty line.
   *
   * @param timedOut describes a wait, and one that timed out; the words "after" and the duration
   *     follow
   */
  public Waiters(Confinement confinement, String timedOut) {
    this.confinement = confinement;
    this.timedOut = timedOut;
  }

  /** Adds {@code waiter} at the end and returns it. */
  public W add(W waiter) {
    waiter.waiters = this;
    waiter.listed = true;
    waiter.previous = last;
    if (last == null) {
      first = waiter;
    } else {
      last.next = waiter;
    }
    last = waiter;
    size++;
    return waiter;
  }

  /**
   * Adds {@code waiter}, which expires after {@code timeout}. If that is zero or negative, the
   * waiter expires at once and is not added.
   *
   * @throws IllegalStateException if the current loop is closed or runs on another thread
   */
  public W add(W waiter, Duration timeout) {
    Runnable expiry = () -> waiter.expire(timedOut + " after " + timeout);
    if (timeout.isZero() || timeout.isNegative()) {
      expiry.run();
      return waiter;
    }
    waiter.limit(confinement.loop(), timeout, expiry);
    return add(waiter);
  }

  /** Removes and returns the first waiter that still waits, or null. */
  @SuppressWarnings("unchecked")
  public @Nullable W take() {
    while (first != null) {
      Waiter<?> waiter = first;
      remove(waiter);
      if (!waiter.future().isDone()) {
        return (W) waiter;
      }
    }
    return null;
  }

  /** Removes and returns the first waiters that still wait, at most {@code most}. */
  public List<W> take(int most) {
    List<W> taken = new ArrayList<>(Math.min(most, size));
    while (taken.size() < most) {
      W waiter = take();
      if (waiter == null) {
        break;
      }
      taken.add(waiter);
    }
    return taken;
  }

  /** Removes and returns all waiters that still wait. */
  public List<W> takeAll() {
    return take(size);
  }

  /** Returns whether nobody waits. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** Returns how many wait. */
  public int size() {
    return size;
  }

  /** Describes what is waited for, and how many waiters are ahead of {@code waiter}. */
  String describe(Waiter<?> waiter) {
    int before = 0;
    for (Waiter<?> each = first; each != null && each != waiter; each = each.next) {
      if (++before > MAX_COUNTED) {
        break;
      }
    }
    String place = before > MAX_COUNTED ? "more than " + MAX_COUNTED : Integer.toString(before);
    return timedOut + ", " + place + " before it in line";
  }

  void remove(Waiter<?> waiter) {
    Waiter<?> before = waiter.previous;
    Waiter<?> after = waiter.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    waiter.previous = null;
    waiter.next = null;
    waiter.listed = false;
    size--;
  }
}
