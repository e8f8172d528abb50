package dev.ioloop.demo.serve;

/** The web server on Netty's io_uring event loops. */
final class ServeIoUringTest extends ServeContract {
  ServeIoUringTest() {
    super("io_uring");
  }
}
