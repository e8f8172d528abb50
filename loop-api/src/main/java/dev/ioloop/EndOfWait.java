package dev.ioloop;

/** Ends the timeout of a wait for {@code source}, run when the wait is cancelled. */
record EndOfWait(IOLoop loop, Timeout[] timeout, Future<?> source)
    implements Runnable, OwnedFuture.Following {
  @Override
  public void run() {
    if (loop.isInLoop()) {
      loop.removeTimeout(timeout[0]);
    } else {
      loop.addCallback(() -> loop.removeTimeout(timeout[0]));
    }
  }
}
