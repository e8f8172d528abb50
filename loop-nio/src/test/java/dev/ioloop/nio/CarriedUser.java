package dev.ioloop.nio;

import dev.ioloop.spi.ThreadLocalCarrier;

/**
 * Carries a thread-local of the tests. The service loader finds it on the class path, as in {@link
 * ChildJvm}; on the module path it would have to be provided by a module.
 */
public final class CarriedUser implements ThreadLocalCarrier {
  static final ThreadLocal<String> USER = new ThreadLocal<>();

  /** Made by the service loader. */
  public CarriedUser() {}

  @Override
  public Object capture() {
    return USER.get();
  }

  @Override
  public void restore(Object captured) {
    if (captured == null) {
      USER.remove();
    } else {
      USER.set((String) captured);
    }
  }
}
