package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static dev.ioloop.Gen.withTimeout;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.locks.Lock;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import dev.ioloop.testing.ExpectLog;
import dev.ioloop.testing.GenTest;
import dev.ioloop.testing.Interleavings;
import dev.ioloop.testing.StreamPair;
import dev.ioloop.testing.Testing;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How coroutines are tested. */
final class TestingGuideTest {

  // region testing-virtual-time
  static Future<String> reminder(Duration delay) {
    return coroutine(
        () -> {
          await(sleep(delay));
          return "tea is ready";
        });
  }

  @GenTest(virtualTime = true)
  void remindsAfterAnHour(IOLoop loop) {
    long start = loop.time();
    assertThat(await(reminder(Duration.ofHours(1)))).isEqualTo("tea is ready");
    assertThat(loop.time() - start).isEqualTo(Duration.ofHours(1).toNanos());
  }

  // endregion

  // region testing-timeout
  @GenTest(virtualTime = true)
  void givesUpAfterAMinute() {
    Future<String> late = withTimeout(Duration.ofMinutes(1), reminder(Duration.ofMinutes(2)));
    assertThatThrownBy(() -> await(late)).isInstanceOf(LoopTimeoutException.class);
    await(sleep(Duration.ofMinutes(1))); // The reminder was not cancelled: let it end.
  }

  // endregion

  // region testing-real
  @GenTest(backend = "nio")
  void serverGreets() throws Exception {
    TCPServer greeter =
        new TCPServer() {
          @Override
          protected void handleStream(IOStream stream, SocketAddress peer) {
            await(stream.write("hello\n".getBytes(UTF_8)));
            stream.close();
          }
        };
    InetSocketAddress address = (InetSocketAddress) greeter.listen(0, "127.0.0.1");
    IOStream stream = await(new TCPClient().connect("127.0.0.1", address.getPort()));
    assertThat(new String(await(stream.readUntilClose()), UTF_8)).isEqualTo("hello\n");
    await(greeter.shutdown(Duration.ofSeconds(1)));
  }

  // endregion

  // region testing-streams
  static Future<Void> echo(IOStream stream) {
    return coroutine(
        () -> {
          byte[] line = await(stream.readUntil(new byte[] {'\n'}));
          await(stream.write(line));
        });
  }

  @GenTest(virtualTime = true)
  void echoesALineThatComesByteByByte() {
    StreamPair pair = StreamPair.oneByteAtATime();
    Future<Void> server = echo(pair.right());
    await(pair.left().write("hi\n".getBytes(UTF_8)));
    assertThat(await(pair.left().readBytes(3))).isEqualTo("hi\n".getBytes(UTF_8));
    await(server);
  }

  // endregion

  // region testing-log
  @Test
  void failureOfACallbackIsLogged() {
    try (IOLoop loop = Testing.virtualLoop();
        ExpectLog log = Testing.expectLog("Exception in callback")) {
      loop.addCallback(
          () -> {
            throw new IllegalStateException("on purpose");
          });
      loop.runSync(() -> await(moment));
      log.assertCount(1);
    }
  }

  // endregion

  // region testing-interleavings
  @Test
  void nobodyHoldsTheLockWithAnother() {
    Interleavings.explore(
        choices -> {
          try (IOLoop loop = Testing.virtualLoop()) {
            List<Integer> lengths =
                choices.merge(List.of(List.of(1, 1), List.of(2))); // milliseconds, in any order
            loop.runSync(
                () -> {
                  Lock lock = new Lock();
                  List<String> events = new ArrayList<>();
                  List<Future<Void>> users = new ArrayList<>();
                  for (int length : lengths) {
                    users.add(coroutine(() -> use(lock, length, events)));
                  }
                  for (Future<Void> user : users) {
                    await(user);
                  }
                  assertThat(events).containsExactly("in", "out", "in", "out", "in", "out");
                });
          }
        });
  }

  private static void use(Lock lock, int length, List<String> events) {
    try (var held = await(lock.acquire())) {
      events.add("in");
      await(sleep(Duration.ofMillis(length)));
      events.add("out");
    }
  }

  // endregion

  // region testing-shuffled
  @GenTest(backend = "nio", shuffled = true)
  void linesStayWholeWhoeverIsServedFirst() throws Exception {
    List<String> lines = new ArrayList<>();
    TCPServer collector =
        new TCPServer() {
          @Override
          protected void handleStream(IOStream stream, SocketAddress peer) {
            lines.add(new String(await(stream.readUntilClose()), UTF_8));
          }
        };
    InetSocketAddress address = (InetSocketAddress) collector.listen(0, "127.0.0.1");
    for (String line : List.of("one", "two", "three")) {
      IOStream stream = await(new TCPClient().connect("127.0.0.1", address.getPort()));
      stream.write(line.getBytes(UTF_8));
      stream.close();
    }
    while (lines.size() < 3) {
      await(moment);
    }
    assertThat(lines).containsExactlyInAnyOrder("one", "two", "three");
    await(collector.shutdown(Duration.ofSeconds(1)));
  }

  // endregion
}
