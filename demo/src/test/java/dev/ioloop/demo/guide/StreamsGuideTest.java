package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.timeout;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.TaskGroup;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import dev.ioloop.netty.NettyTls;
import dev.ioloop.process.Subprocess;
import dev.ioloop.tck.Certificates;
import dev.ioloop.testing.StreamPair;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide to streams, on streams in memory and in virtual time where that is possible. */
final class StreamsGuideTest extends Guide {

  // region stream-echo
  static void echo(IOStream stream) {
    String line;
    while ((line = await(stream.readLine(64 << 10))) != null) {
      await(stream.writeString(line + "\n"));
    }
  }

  // endregion

  static void serve(IOStream stream) {
    echo(stream);
  }

  @Test
  void echoesLines() {
    loop.runSync(
        () -> {
          // region stream-pair
          StreamPair pair = StreamPair.open();
          Future<Void> server = coroutine(() -> echo(pair.right()));
          await(pair.left().writeString("hello\n"));
          System.out.println(await(pair.left().readLine(100)));
          pair.left().close();
          await(server);
          System.out.println("the client has gone");
          // endregion
        });
    assertPrinted(
        """
        hello
        the client has gone
        """);
  }

  @Test
  void readsInAllForms() {
    loop.runSync(
        () -> {
          StreamPair pair = StreamPair.open();
          IOStream stream = pair.left();
          pair.right().write("GET /\r\n\r\n\0\0\0\5hello, and more".getBytes(UTF_8));
          // region stream-reads
          byte[] head = await(stream.readUntilRegex(Pattern.compile("\r?\n\r?\n")));
          int length = ByteBuffer.wrap(await(stream.readBytes(4))).getInt();
          byte[] message = await(stream.readBytes(length));
          byte[] some = await(stream.readBytes(1024, true)); // at least one, at most 1024
          // endregion
          assertThat(head).hasSize(9);
          assertThat(new String(message, UTF_8)).isEqualTo("hello");
          assertThat(new String(some, UTF_8)).isEqualTo(", and more");
        });
  }

  @Test
  void readsIntoABuffer() {
    loop.runSync(
        () -> {
          StreamPair pair = StreamPair.open();
          IOStream stream = pair.left();
          Future<Void> pump =
              coroutine(
                  () -> {
                    // region stream-into
                    ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
                    while (true) {
                      await(stream.readInto(buffer.clear(), true));
                      await(stream.write(buffer.flip()));
                    }
                    // endregion
                  });
          await(pair.right().write("abc".getBytes(UTF_8)));
          assertThat(await(pair.right().readBytes(3))).hasSize(3);
          pump.cancel(true);
        });
  }

  @Test
  void leavesAPeerThatSaysNothing() {
    loop.runSync(
        () -> {
          StreamPair pair = StreamPair.open();
          IOStream stream = pair.left();
          pair.right().write("half a li".getBytes(UTF_8));
          // region stream-timeout
          try {
            await(timeout(Duration.ofMinutes(1), () -> await(stream.readLine(1000))));
          } catch (LoopTimeoutException e) {
            byte[] half = await(stream.readBytes(9)); // nothing was lost
            System.out.println("too slow after: " + new String(half, UTF_8));
            stream.close();
          }
          // endregion
        });
    assertPrinted("too slow after: half a li\n");
  }

  // region stream-many-writes
  static void send(IOStream stream, Iterable<byte[]> messages) {
    for (byte[] message : messages) {
      await(stream.awaitWritable()); // at most 64 KiB are unsent
      stream.write(message);
    }
  }

  // endregion

  // region stream-pump
  static void proxy(IOStream near, IOStream far) throws Exception {
    TaskGroup.run(
        group -> {
          group.start(() -> await(IOStream.pump(near, far)));
          return await(IOStream.pump(far, near));
        });
  }

  // endregion

  @Test
  void pumpsAndSends() {
    loop.runSync(
        () -> {
          StreamPair client = StreamPair.open();
          StreamPair server = StreamPair.open();
          Future<Void> proxy = coroutine(() -> proxy(client.right(), server.left()));
          server.right().setAllowHalfClose(true);
          Future<byte[]> request = server.right().readUntilClose();
          send(client.left(), List.of(new byte[60_000], new byte[60_000], new byte[9]));
          client.left().shutdownOutput();
          assertThat(await(request)).hasSize(120_009);
          Future<byte[]> answer = client.left().readUntilClose();
          await(server.right().write(new byte[5]));
          server.right().close();
          assertThat(await(answer)).hasSize(5);
          await(proxy);
        });
  }

  @Test
  void limitsWhatAPeerMaySend() {
    loop.runSync(
        () -> {
          StreamPair pair = StreamPair.open();
          IOStream stream = pair.left();
          pair.right().write(new byte[2000]);
          // region stream-limit
          try {
            await(stream.readLine(1000));
          } catch (StreamClosedException e) {
            System.out.println(e.realError().getMessage());
          }
          // endregion
        });
    assertPrinted("line not ended within 1000 bytes\n");
  }

  @Test
  void tellsOfTheEnd() {
    loop.runSync(
        () -> {
          StreamPair pair = StreamPair.open();
          IOStream stream = pair.left();
          // region stream-close-callback
          Future<Void> gone = new Future<>();
          stream.setCloseCallback(() -> gone.setResult(null));
          // endregion
          pair.right().close();
          await(gone);
        });
  }

  @Test
  void talksToAProcess() {
    try (IOLoop loop = IOLoop.create()) {
      loop.runSync(
          () -> {
            // region stream-process
            Subprocess sort = new Subprocess(new ProcessBuilder("sort"));
            sort.stdin().writeString("pear\napple\n");
            sort.stdin().shutdownOutput();
            byte[] sorted = await(sort.stdout().readUntilClose());
            System.out.print(new String(sorted, UTF_8));
            // endregion
          });
    }
    assertPrinted("apple\npear\n");
  }

  @Test
  void standsOnChannels() throws IOException {
    Pipe pipe = Pipe.open();
    try (IOLoop loop = IOLoop.create()) {
      loop.runSync(
          () -> {
            // region stream-channel
            IOStream source = IOStream.of(pipe.source());
            // endregion
            source.close();
          });
    }
    pipe.sink().close();
  }

  // What the Javadoc shows.

  @Test
  void javadocOfStream() {
    loop.runSync(
        () -> {
          StreamPair pair = StreamPair.open();
          IOStream stream = pair.left();
          pair.right().write("line\n".getBytes(UTF_8));
          byte[] line = await(stream.readUntil("\n".getBytes()));
          await(stream.write(line));
          assertThat(await(pair.right().readBytes(5))).isEqualTo(line);
        });
  }

  @Test
  void javadocOfPair() {
    loop.runSync(
        () -> {
          StreamPair pair = StreamPair.open();
          coroutine(() -> serve(pair.right()));
          await(pair.left().write("hello\n".getBytes()));
          byte[] answer = await(pair.left().readUntil("\n".getBytes()));
          assertThat(answer).hasSize(6);
        });
  }

  static final class Echo extends TCPServer {
    Echo(Supplier<SSLEngine> engines) {
      super(engines);
    }

    @Override
    protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
      echo(stream);
    }
  }

  @Test
  void servesWithCertificatesThatCanBeReplaced(@TempDir Path directory) throws Exception {
    KeyStore certificate = Certificates.localhost();
    Path chain = directory.resolve("chain.pem");
    Path key = directory.resolve("key.pem");
    Certificates.writeChain(certificate, chain);
    Certificates.writeKey(certificate, key);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        Certificates.keys(certificate).getKeyManagers(),
        Certificates.trust(certificate).getTrustManagers(),
        null);
    try (IOLoop network = IOLoop.create()) {
      network.runSync(
          () -> {
            // region stream-pem
            TCPServer server = new Echo(NettyTls.engines(chain, key));
            // endregion
            assertEchoes(server, context);
            // region stream-certificates
            AtomicReference<SSLContext> certificates = new AtomicReference<>(context);
            TCPServer other =
                new Echo(
                    () -> {
                      SSLEngine engine = certificates.get().createSSLEngine();
                      engine.setUseClientMode(false);
                      return engine;
                    });
            // endregion
            assertEchoes(other, context);
          });
    }
  }

  private static void assertEchoes(TCPServer server, SSLContext context) throws Exception {
    int port = ((InetSocketAddress) server.listen(0, "127.0.0.1")).getPort();
    IOStream stream = await(new TCPClient().connect("127.0.0.1", port, context));
    stream.write("hello\n".getBytes(UTF_8));
    assertThat(await(stream.readLine(100))).isEqualTo("hello");
    stream.close();
    await(server.shutdown(Duration.ofSeconds(5)));
  }
}
