package dev.ioloop.fiber;

/** Throws checked exceptions where the compiler does not expect them. */
public final class Sneaky {
  private Sneaky() {}

  /** Throws {@code failure}. The return type lets callers write {@code throw raise(failure)}. */
  @SuppressWarnings("unchecked")
  public static <X extends Throwable> RuntimeException raise(Throwable failure) throws X {
    throw (X) failure;
  }
}
