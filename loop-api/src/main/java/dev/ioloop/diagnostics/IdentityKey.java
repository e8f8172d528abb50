package dev.ioloop.diagnostics;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/** An object by its identity, as the key of a map, for as long as somebody else holds it. */
public final class IdentityKey extends WeakReference<Object> {
  private final int hash;

  /**
   * Makes a key.
   *
   * @param queue where the key comes when the object was collected; null for one to look up with
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
