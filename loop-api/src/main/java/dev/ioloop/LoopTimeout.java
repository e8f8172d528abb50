package dev.ioloop;

import dev.ioloop.iteration.TimeoutQueue;

/** A timeout of one loop: an entry of its queue, and the handle that users hold. */
final class LoopTimeout extends TimeoutQueue.Entry implements Timeout {
  LoopTimeout(TimeoutQueue queue, long deadline, Runnable callback) {
    super(queue, deadline, callback);
  }

  /** Returns a human-readable name of the callback. */
  String describe() {
    return Bodies.className(callback());
  }

  @Override
  public String toString() {
    String state = isPending() ? "pending" : cancelled() ? "cancelled" : "fired";
    return "Timeout[deadline=" + deadline() + ", " + state + "]";
  }
}
