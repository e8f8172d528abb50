package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ioloop.Future;
import dev.ioloop.net.IOStream;
import dev.ioloop.testing.StreamPair;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

/** Shared by the contracts of streams: two ends of a connection, and helpers for text. */
@OnEachConnection
@Needs({})
public abstract class StreamContract extends ChannelContract {

  /** Uses both ends of a connection, in a coroutine. */
  @FunctionalInterface
  interface Body {
    void run(IOStream stream, IOStream peer) throws Exception;
  }

  private Connection connection = Connection.TCP;

  /** Made by subclasses. */
  protected StreamContract() {}

  /** Called before each test. */
  final void use(Connection connection) {
    this.connection = connection;
  }

  @BeforeEach
  final void skipSocketsWithoutChannels() {
    if (connection.isSocket()) {
      assumeCan(Capability.CHANNELS);
    }
  }

  final Connection connection() {
    return connection;
  }

  /** Skips a test if the connection is not a system socket. */
  final void assumeSocket(String reason) {
    Assumptions.assumeTrue(connection.isSocket(), reason);
  }

  /** Runs {@code body} with both ends of a new connection, which are closed after it. */
  final void connected(Body body) {
    loop.runSync(
        () -> {
          StreamPair pair = connection.open();
          try {
            body.run(pair.left(), pair.right());
          } finally {
            pair.left().close();
            pair.right().close();
          }
        });
  }

  static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  /** Awaits a read, and returns its text. */
  static String text(Future<byte[]> read) {
    return text(await(read));
  }
}
