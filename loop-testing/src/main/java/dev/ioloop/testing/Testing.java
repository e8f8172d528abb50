package dev.ioloop.testing;

import dev.ioloop.IOLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;

/** Small helpers for tests, to be imported statically. */
public final class Testing {

  private Testing() {}

  /**
   * Returns a non-blocking server socket that listens on a free port of 127.0.0.1. The caller
   * closes it. Tornado: {@code bind_unused_port}.
   *
   * <p>Safe to call from any thread.
   */
  public static ServerSocketChannel bindUnusedPort() {
    try {
      ServerSocketChannel server = ServerSocketChannel.open();
      try {
        server.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
        server.configureBlocking(false);
        return server;
      } catch (Throwable e) {
        server.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on a port of 127.0.0.1", e);
    }
  }

  /**
   * Returns a new loop in virtual time, not current for any thread; see {@link VirtualTimePoller}.
   * If nothing is left to wait for, the error shows the suspended coroutines.
   *
   * <p>Safe to call from any thread.
   */
  public static IOLoop virtualLoop() {
    return VirtualTimePoller.newLoop(VirtualTimePoller.PATIENCE, poller -> poller);
  }

  /**
   * Expects at least one message of the logger {@code dev.ioloop} that contains a match of {@code
   * regex}; see {@link ExpectLog}.
   *
   * <p>Safe to call from any thread.
   */
  public static ExpectLog expectLog(String regex) {
    return new ExpectLog("dev.ioloop", regex);
  }
}
