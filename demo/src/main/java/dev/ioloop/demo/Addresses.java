package dev.ioloop.demo;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Addresses as people write them: host:port. */
final class Addresses {
  private Addresses() {}

  static String text(SocketAddress address) {
    return address instanceof InetSocketAddress internet
        ? internet.getAddress().getHostAddress() + ":" + internet.getPort()
        : String.valueOf(address);
  }
}
