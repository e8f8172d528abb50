package dev.ioloop.locks;

import org.jspecify.annotations.Nullable;

/** A permit that is released once, however often it is closed. */
final class Permit implements Releaser {

  /** Null once the permit is released. */
  private @Nullable Semaphore semaphore;

  Permit(Semaphore semaphore) {
    this.semaphore = semaphore;
  }

  @Override
  public void close() {
    Semaphore owed = semaphore;
    if (owed != null) {
      owed.confinement.check("close()");
      semaphore = null;
      owed.release();
    }
  }

  @Override
  public String toString() {
    return "Releaser[" + (semaphore == null ? "closed" : semaphore) + "]";
  }
}
