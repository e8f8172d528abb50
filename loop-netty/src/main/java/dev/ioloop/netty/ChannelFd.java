package dev.ioloop.netty;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/**
 * Reads the file descriptor of a JDK channel. This needs {@code sun.nio.ch} to be exported to us:
 * by {@code --add-exports java.base/sun.nio.ch=ALL-UNNAMED} on the class path, by {@code
 * =dev.ioloop.netty} on the module path, or by {@code Add-Exports} in the manifest of an executable
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
      // Not exported, or missing in this JDK: the companion selector watches all channels.
    }
    SEL_CH_IMPL = type;
    GET_FD_VAL = getter;
  }

  private ChannelFd() {}

  /** Returns whether descriptors of the JDK's channels can be read here. */
  static boolean available() {
    return GET_FD_VAL != null;
  }

  /** Returns the descriptor of an open channel, or -1 if it cannot be read. */
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
