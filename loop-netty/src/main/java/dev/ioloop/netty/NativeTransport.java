package dev.ioloop.netty;

import dev.ioloop.spi.Poller;
import io.netty.channel.IoHandlerFactory;
import java.io.FileNotFoundException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the providers share: why a native transport cannot be used, and how to make a poller. */
final class NativeTransport {

  /** What the module path needs, because no module requires the jar that holds the library. */
  static final String MODULE_PATH_FLAGS =
      "--add-modules ALL-MODULE-PATH --enable-native-access=io.netty.common";

  private NativeTransport() {}

  /**
   * Returns why the backend cannot be used, in words that say what to do, or null where it can.
   *
   * @param backend the backend's name
   * @param netty Netty's answer, which is a library error if its classes are missing
   */
  static @Nullable Throwable unavailabilityCause(
      String backend, Supplier<@Nullable Throwable> netty) {
    Throwable cause;
    try {
      cause = netty.get();
    } catch (LinkageError e) {
      cause = e;
    }
    return cause == null ? null : new UnsupportedOperationException(advice(backend, cause), cause);
  }

  static Poller create(
      String backend, Supplier<IoHandlerFactory> factory, Supplier<Kernel> kernel) {
    try {
      return new NettyPoller(backend, factory.get(), kernel.get());
    } catch (RuntimeException | LinkageError e) {
      throw new IllegalStateException(
          "the system refuses another " + backend + " loop; are all descriptors in use? " + e, e);
    }
  }

  private static String advice(String backend, Throwable cause) {
    boolean modulePath = NativeTransport.class.getModule().isNamed();
    Throwable root = root(cause);
    if (root instanceof FileNotFoundException) {
      return modulePath
          ? "Netty's native library was not found on the module path; start java with "
              + MODULE_PATH_FLAGS
          : "Netty's native library was not found on the class path; add the jar io.netty:"
              + "netty-transport-native-"
              + backend
              + " with the classifier of this system ("
              + System.getProperty("os.name")
              + ", "
              + System.getProperty("os.arch")
              + ")";
    }
    if (root instanceof IllegalCallerException) {
      return "this JVM was told to let nobody load a native library; start java with "
          + (modulePath ? MODULE_PATH_FLAGS : "--enable-native-access=ALL-UNNAMED");
    }
    if (root instanceof NoClassDefFoundError || root instanceof ClassNotFoundException) {
      return "a class of Netty's is missing: "
          + root.getMessage()
          + "; add the jar io.netty:netty-transport-classes-"
          + backend;
    }
    // Netty's check of the system: "Only supported on Linux".
    return root instanceof IllegalStateException
        ? root.getMessage() + ", and this is " + System.getProperty("os.name")
        : root.toString();
  }

  private static Throwable root(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
