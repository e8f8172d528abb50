package dev.ioloop.tck;

import static dev.ioloop.Gen.await;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.spi.StreamListener;
import dev.ioloop.spi.StreamTransport;
import dev.ioloop.testing.StreamPair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** The kinds of connection that the contracts of streams are tested on. */
enum Connection {
  TCP,
  UNIX,
  MEMORY,
  ONE_BYTE;

  /** Returns whether this kind is a socket of the system. */
  boolean isSocket() {
    return this == TCP || this == UNIX;
  }

  /** Opens one on the current loop. Call from inside a coroutine only. */
  StreamPair open() throws IOException {
    if (this == MEMORY) {
      return StreamPair.open();
    }
    if (this == ONE_BYTE) {
      return StreamPair.oneByteAtATime();
    }
    if (this == TCP) {
      return open(new InetSocketAddress("127.0.0.1", 0));
    }
    Path directory = Files.createTempDirectory("streams");
    Path path = directory.resolve("socket");
    try {
      return open(UnixDomainSocketAddress.of(path));
    } finally {
      Files.deleteIfExists(path);
      Files.delete(directory);
    }
  }

  /** Opens a TCP connection whose left end is made of a socket's transport by {@code left}. */
  static StreamPair tcp(UnaryOperator<StreamTransport> left) throws IOException {
    return open(new InetSocketAddress("127.0.0.1", 0), left);
  }

  private static StreamPair open(SocketAddress address) throws IOException {
    return open(address, transport -> transport);
  }

  private static StreamPair open(SocketAddress address, UnaryOperator<StreamTransport> left)
      throws IOException {
    IOLoop loop = IOLoop.current();
    StreamListener listener = loop.sockets().listen(address, 16, false);
    try {
      Future<IOStream> accepted = new Future<>();
      listener.start(
          ready -> {
            try {
              StreamTransport transport = listener.accept(loop.sockets());
              if (transport != null) {
                accepted.setResult(IOStream.of(transport));
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      IOStream client =
          await(
              IOStream.connect(left.apply(loop.sockets().connect(listener.localAddress(), null))));
      return new StreamPair(client, await(accepted));
    } finally {
      listener.close();
    }
  }
}
