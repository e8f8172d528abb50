package dev.ioloop.netty;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/**
 * Reads the file descriptor of a JDK channel, where {@code sun.nio.ch} is exported to us: with
 * {@code --add-exports java.base/sun.nio.ch=ALL-UNNAMED} on the class path, {@code
 * =dev.ioloop.netty} on the module path, or {@code Add-Exports} in the manifest of an executable
 * jar.
 */
final class ChannelFd {

  private static final @Nullable Class<?> SEL_CH_IMPL;
  private static final @Nullable MethodHandle GET_FD_VAL;

  static {
    Class<?> type = null;
    MethodHandle getter = null;
    try {
      type = Class.forName("sun.nio.ch.SelChImpl");
      getter =
          MethodHandles.lookup()
              .findVirtual(type, "getFDVal", MethodType.methodType(int.class))
              .asType(MethodType.methodType(int.class, SelectableChannel.class));
    } catch (ReflectiveOperationException e) {
      // Not exported, or a JDK without it: the companion selector serves all channels.
    }
    SEL_CH_IMPL = type;
    GET_FD_VAL = getter;
  }

  private ChannelFd() {}

  /** Returns whether descriptors of the JDK's own channels can be read here. */
  static boolean available() {
    return GET_FD_VAL != null;
  }

  /** Returns the descriptor of an open channel, or -1 where it cannot be read. */
  static int of(SelectableChannel channel) {
    if (GET_FD_VAL == null || SEL_CH_IMPL == null || !SEL_CH_IMPL.isInstance(channel)) {
      return -1;
    }
    try {
      return (int) GET_FD_VAL.invokeExact(channel);
    } catch (Throwable e) {
      throw new AssertionError("SelChImpl.getFDVal() declares no exception", e);
    }
  }
}
