package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.moment;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers on several loops, and servers of many connections. */
@OnEachGenerator
@Needs({Capability.CHANNELS, Capability.ORDER})
public abstract class ServerLoopsContract extends ChannelContract {
  private static final byte[] NEWLINE = {'\n'};
  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir Path directory;

  /** Made by subclasses. */
  protected ServerLoopsContract() {}

  private static SocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static void until(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      await(moment);
    }
  }

  /** Returns the loops of a server, by their threads. */
  private static List<Thread> serverThreads() {
    Thread[] all = new Thread[Thread.activeCount() + 64];
    int count = Thread.enumerate(all);
    return Stream.of(all)
        .limit(count)
        .filter(t -> t.getName().startsWith("ioloop-server-"))
        .toList();
  }

  /** Answers with the name of the loop that serves. */
  private final TCPServer server =
      new TCPServer() {
        @Override
        protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
          byte[] answer = (IOLoop.current() + "\n").getBytes(ISO_8859_1);
          while (true) {
            await(stream.readUntil(NEWLINE));
            await(stream.write(answer));
          }
        }
      };

  private static String ask(IOStream stream) {
    stream.write(NEWLINE);
    String answer = new String(await(stream.readUntil(NEWLINE)), ISO_8859_1);
    int start = answer.indexOf("ioloop-server-");
    return start < 0 ? "the loop that listens" : answer.substring(start, start + 15);
  }

  private static IOStream connect(SocketAddress address) {
    return await(new TCPClient().connect(address));
  }

  @Test
  void connectionsAreSpreadOverTheLoops() {
    loop.runSync(
        () -> {
          SocketAddress address = server.listen(anyPort());
          server.start(2);
          Set<String> served = new HashSet<>();
          List<IOStream> streams = new ArrayList<>();
          for (int i = 0; i < 64; i++) {
            IOStream stream = connect(address);
            streams.add(stream);
            served.add(ask(stream));
          }
          assertThat(served).containsExactlyInAnyOrder("ioloop-server-1", "ioloop-server-2");
          streams.forEach(IOStream::close);
          assertThat(await(server.shutdown(LONG))).isZero();
          until(() -> serverThreads().isEmpty());
          assertThatThrownBy(() -> connect(address)).isInstanceOf(StreamClosedException.class);
        });
  }

  @Test
  void connectionsOfAUnixSocketAreHandedOverInTurns() {
    loop.runSync(
        () -> {
          SocketAddress address =
              server.listen(UnixDomainSocketAddress.of(directory.resolve("loops.sock")));
          server.start(3);
          List<String> served = new ArrayList<>();
          for (int i = 0; i < 6; i++) {
            try (IOStream stream = connect(address)) {
              served.add(ask(stream));
            }
          }
          assertThat(served)
              .containsExactly(
                  "ioloop-server-1",
                  "ioloop-server-2",
                  "ioloop-server-3",
                  "ioloop-server-1",
                  "ioloop-server-2",
                  "ioloop-server-3");
          await(server.shutdown(LONG));
          assertThat(directory.resolve("loops.sock")).doesNotExist();
        });
  }

  @Test
  void shutdownCountsTheConnectionsOfAllLoops() {
    loop.runSync(
        () -> {
          SocketAddress unix =
              server.listen(UnixDomainSocketAddress.of(directory.resolve("count.sock")));
          server.start(2);
          List<IOStream> streams = new ArrayList<>();
          for (int i = 0; i < 5; i++) {
            IOStream stream = connect(unix);
            streams.add(stream);
            ask(stream);
          }
          assertThat(await(server.shutdown(Duration.ZERO))).isEqualTo(5);
          assertThatThrownBy(() -> ask(streams.get(0))).isInstanceOf(StreamClosedException.class);
          until(() -> serverThreads().isEmpty());
        });
  }

  @Test
  void shutdownThatIsCalledAgainWithLessTimeEndsBothOnAllLoops() {
    loop.runSync(
        () -> {
          SocketAddress unix =
              server.listen(UnixDomainSocketAddress.of(directory.resolve("again.sock")));
          server.start(2);
          List<IOStream> streams = new ArrayList<>();
          for (int i = 0; i < 5; i++) {
            streams.add(connect(unix));
            ask(streams.get(i));
          }
          Future<Integer> slow = server.shutdown(Duration.ofHours(1));
          assertThat(server.connections()).isEqualTo(5);
          server.stop();
          Future<Integer> quick = server.shutdown(Duration.ZERO);
          assertThat(await(slow)).isEqualTo(5);
          assertThat(await(quick)).isEqualTo(5);
          assertThat(server.connections()).isZero();
          until(() -> serverThreads().isEmpty());
          assertThat(server.shutdown(Duration.ofHours(1)).result()).isZero();
          server.listen(unix);
          server.start(1);
          await(server.shutdown(LONG));
        });
  }

  @Test
  void loopsHaveOneLimitOfConnections() {
    server.setMaxConnections(2);
    loop.runSync(
        () -> {
          SocketAddress address = server.listen(anyPort());
          server.start(2);
          IOStream first = connect(address);
          ask(first);
          IOStream second = connect(address);
          ask(second);
          List<IOStream> waiting = new ArrayList<>();
          List<Future<byte[]>> answers = new ArrayList<>();
          for (int i = 0; i < 6; i++) {
            IOStream stream = connect(address);
            stream.write(NEWLINE);
            waiting.add(stream);
            answers.add(stream.readUntil(NEWLINE));
          }
          ask(first);
          ask(second);
          assertThat(answers).noneMatch(Future::done);
          first.close();
          second.close();
          for (int served = 0; served < 6; served++) {
            until(() -> answers.stream().anyMatch(Future::done));
            assertThat(server.connections()).isLessThanOrEqualTo(2);
            int next = answers.indexOf(answers.stream().filter(Future::done).findFirst().get());
            answers.remove(next);
            waiting.remove(next).close();
          }
          assertThat(await(server.shutdown(LONG))).isZero();
          until(() -> serverThreads().isEmpty());
        });
  }

  @Test
  void loopsEndWithTheirLastConnections() {
    loop.runSync(
        () -> {
          SocketAddress address = server.listen(anyPort());
          server.start(2);
          try (IOStream stream = connect(address)) {
            String serving = ask(stream);
            server.stop();
            until(() -> serverThreads().size() == 1);
            assertThat(ask(stream)).isEqualTo(serving);
          }
          until(() -> serverThreads().isEmpty());
        });
  }

  @Test
  void zeroIsALoopForEachProcessor() {
    loop.runSync(
        () -> {
          server.listen(anyPort());
          server.start(0);
          assertThat(serverThreads()).hasSize(Runtime.getRuntime().availableProcessors());
          await(server.shutdown(LONG));
          until(() -> serverThreads().isEmpty());
        });
  }

  @Test
  void startThatMakesNoSenseIsRefused() {
    loop.runSync(
        () -> {
          assertThatThrownBy(() -> server.start(2))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("listen()");
          server.listen(anyPort());
          assertThatThrownBy(() -> server.start(-1)).isInstanceOf(IllegalArgumentException.class);
          server.start(1);
          assertThatThrownBy(() -> server.start(1))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("already");
          await(server.shutdown(LONG));
          until(() -> serverThreads().isEmpty());
        });
  }

  /** For descriptors that the JVM opens meanwhile, such as a jar. */
  private static final int FEW = 16;

  /** With the thread engine this would take too many threads. */
  private static int manyConnections() {
    return Runtime.version().feature() >= 21 ? 4_000 : 2_000;
  }

  private static long openDescriptors() {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    } catch (IOException e) {
      Assumptions.abort("descriptors cannot be counted here: " + e);
      return 0;
    }
  }

  @Test
  void connectionsThatAreAllResetAtOnceLeaveNothingBehind() {
    loop.runSync(
        () -> {
          int connections = manyConnections();
          int[] counts = new int[2];
          Future<Void> allAccepted = new Future<>();
          Future<Void> allEnded = new Future<>();
          TCPServer counting =
              new TCPServer() {
                @Override
                protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
                  if (++counts[0] == connections) {
                    allAccepted.setResult(null);
                  }
                  try {
                    await(stream.readUntil(NEWLINE));
                  } finally {
                    if (++counts[1] == connections) {
                      allEnded.setResult(null);
                    }
                  }
                }
              };
          SocketAddress address = counting.listen(anyPort());
          await(moment);
          int coroutines = loop.stats().coroutinesSuspended();
          long descriptors = openDescriptors();
          CountDownLatch accepted = new CountDownLatch(1);
          OtherThread<Void> clients =
              OtherThread.run(
                  () -> {
                    List<SocketChannel> channels = new ArrayList<>();
                    for (int i = 0; i < connections; i++) {
                      SocketChannel channel = SocketChannel.open(address);
                      channel.socket().setSoLinger(true, 0);
                      channels.add(channel);
                    }
                    accepted.await();
                    for (SocketChannel channel : channels) {
                      channel.close();
                    }
                  });
          await(allAccepted);
          assertThat(loop.stats().coroutinesSuspended()).isGreaterThanOrEqualTo(connections);
          accepted.countDown();
          await(allEnded);
          clients.join();
          until(() -> openDescriptors() <= descriptors + FEW);
          until(() -> loop.stats().coroutinesSuspended() <= coroutines);
          counting.stop();
        });
  }
}
