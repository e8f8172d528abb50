package dev.ioloop.netty;

import dev.ioloop.spi.Poller;
import io.netty.channel.IoHandlerFactory;
import java.io.FileNotFoundException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Shared by the providers: explains why a native transport cannot be used, and creates pollers. */
final class NativeTransport {

  /**
   * The flags that the module path needs, because no module requires the jar with the native
   * library.
   */
  static final String MODULE_PATH_FLAGS =
      "--add-modules ALL-MODULE-PATH --enable-native-access=io.netty.common";

  private NativeTransport() {}

  /**
   * Returns why the backend cannot be used, with a message that says what to do, or null if it can
   * be used.
   *
   * @param backend the backend's name
   * @param netty Netty's answer; it throws a LinkageError if Netty's classes are missing
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
          "the system refused to open another "
              + backend
              + " loop; are all descriptors in use? "
              + e,
          e);
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
      return "this JVM does not allow loading native libraries; start java with "
          + (modulePath ? MODULE_PATH_FLAGS : "--enable-native-access=ALL-UNNAMED");
    }
    if (root instanceof NoClassDefFoundError || root instanceof ClassNotFoundException) {
      return "a Netty class is missing: "
          + root.getMessage()
          + "; add the jar io.netty:netty-transport-classes-"
          + backend;
    }
    // From Netty's check of the system: "Only supported on Linux".
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
