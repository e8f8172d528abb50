package dev.ioloop.demo.serve;

/** The web server on Netty's nio event loops. */
final class ServeNioTest extends ServeContract {
  ServeNioTest() {
    super("nio");
  }
}
