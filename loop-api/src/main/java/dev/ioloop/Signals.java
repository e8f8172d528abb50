package dev.ioloop;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/**
 * Handlers for the signals that end a process. The JDK offers them only in {@code sun.misc}, which
 * its compiler warns about and a small run-time image may lack. So this class uses reflection.
 */
final class Signals implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");

  private final Object[] signals;
  private final Object[] formerHandlers;

  private Signals(Object[] signals, Object[] formerHandlers) {
    this.signals = signals;
    this.formerHandlers = formerHandlers;
  }

  /**
   * Calls {@code handler} with the number of each SIGINT or SIGTERM, on a thread of the JVM, until
   * this object is closed. If the JDK offers no signals, the handler is never called.
   */
  static Signals handle(IntConsumer handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {signalHandler},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  handler.accept((int) signal.getMethod("getNumber").invoke(arguments[0]));
                  return null;
                }
                return method.getName().equals("equals") ? (Object) (self == arguments[0]) : 0;
              });
      Object[] signals = {
        signal.getConstructor(String.class).newInstance("INT"),
        signal.getConstructor(String.class).newInstance("TERM")
      };
      Object[] former = new Object[signals.length];
      for (int i = 0; i < signals.length; i++) {
        former[i] =
            signal.getMethod("handle", signal, signalHandler).invoke(null, signals[i], proxy);
      }
      return new Signals(signals, former);
    } catch (ReflectiveOperationException e) {
      LOG.log(System.Logger.Level.DEBUG, "No signal handlers; the JVM ends at the first signal", e);
      return new Signals(new Object[0], new Object[0]);
    }
  }

  /** Restores the former handlers. */
  @Override
  public void close() {
    try {
      for (int i = 0; i < signals.length; i++) {
        Class<?> signal = signals[i].getClass();
        Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
        signal
            .getMethod("handle", signal, signalHandler)
            .invoke(null, signals[i], formerHandlers[i]);
      }
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | IllegalAccessException
        | InvocationTargetException e) {
      LOG.log(System.Logger.Level.DEBUG, "Signal handlers could not be restored", e);
    }
  }
}
