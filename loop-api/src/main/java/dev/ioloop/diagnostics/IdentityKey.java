package dev.ioloop.diagnostics;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/** A map key that compares an object by identity and does not keep it alive. */
public final class IdentityKey extends WeakReference<Object> {
  private final int hash;

  /**
   * Creates a key.
   *
   * @param queue where the key is enqueued when the object is collected; null for a lookup
   */
  public IdentityKey(Object object, @Nullable ReferenceQueue<Object> queue) {
    super(object, queue);
    hash = System.identityHashCode(object);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other || other instanceof IdentityKey key && get() != null && get() == key.get();
  }
}
