package dev.ioloop.fiber;

import java.util.ArrayDeque;

/** The idle fibers of one loop: their bodies have ended, and they wait for others. */
public final class FiberPool {
  private static final int MAX_IDLE = 64;

  private final ArrayDeque<Fiber> idle = new ArrayDeque<>();

  /** Returns a fiber that will run {@code body}. */
  public Fiber take(Fiber.Body body) {
    if (!idle.isEmpty() && !Fibers.usesContinuations()) {
      Fiber fiber = idle.removeLast();
      fiber.reset(body);
      return fiber;
    }
    return Fibers.create(body);
  }

  /** Takes back a fiber whose body has ended. */
  public void give(Fiber fiber) {
    if (fiber.isReusable()) {
      if (idle.size() < MAX_IDLE) {
        idle.addLast(fiber);
      } else {
        fiber.discard();
      }
    }
  }

  public void close() {
    idle.forEach(Fiber::discard);
    idle.forEach(Fiber::awaitEnd);
    idle.clear();
  }
}
