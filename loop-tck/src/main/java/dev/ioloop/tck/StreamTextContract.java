package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.net.UnsatisfiableReadException;
import dev.ioloop.testing.ExpectLog;
import dev.ioloop.testing.StreamPair;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

/** Lines of text, and copying one stream to another. */
@Needs(Capability.ORDER)
public abstract class StreamTextContract extends StreamContract {

  /** Made by subclasses. */
  protected StreamTextContract() {}

  private void collectLines(IOStream stream, int maxBytes) {
    for (String line = ""; line != null; ) {
      line = await(stream.readLine(maxBytes));
      events.add(String.valueOf(line));
    }
  }

  @Test
  void linesAreReadWithoutTheirEndsAndNullComesBehindTheLast() {
    connected(
        (stream, peer) -> {
          peer.writeString("one\ntwo\r\n\n\r\nth\rr\u00e9e \ud83d\ude00\r\n\nlast");
          peer.shutdownOutput();
          collectLines(stream, 100);
          assertThat(await(stream.readLine(100))).isNull();
          assertThat(stream.closed()).isTrue();
        });
    assertThat(events)
        .containsExactly("one", "two", "", "", "th\rr\u00e9e \ud83d\ude00", "", "last", "null");
  }

  @Test
  void lineThatIsWaitedForIsNullWhereThePeerEnds() {
    connected(
        (stream, peer) -> {
          stream.setAllowHalfClose(true);
          Future<String> pending = stream.readLine(10);
          peer.close();
          assertThat(await(pending)).isNull();
          assertThat(await(stream.readLine(10))).isNull();
          assertThat(stream.closed()).isFalse();
          stream.close();
          assertThat(await(stream.readLine(10))).isNull();
        });
  }

  @Test
  void lineMayBeAsLongAsTheLimitWhateverEndsIt() {
    connected(
        (stream, peer) -> {
          peer.writeString("12345\n12345\r\n1234\u00e9\n");
          events.add(await(stream.readLine(5)));
          events.add(await(stream.readLine(5)));
          try (ExpectLog log =
              new ExpectLog("dev.ioloop", "line not ended within 5 bytes", Level.FINE)) {
            assertThatThrownBy(() -> await(stream.readLine(5)))
                .isInstanceOf(StreamClosedException.class)
                .hasCauseInstanceOf(UnsatisfiableReadException.class);
            assertThat(log.records()) // A peer could fill a log.
                .allMatch(record -> record.getLevel().equals(Level.FINE));
          }
          assertThat(stream.closed()).isTrue();
          assertThatThrownBy(() -> stream.readLine(0)).isInstanceOf(IllegalArgumentException.class);
        });
    assertThat(events).containsExactly("12345", "12345");
  }

  @Test
  void lineThatIsTooLongIsRefusedBeforeItsEndHasCome() {
    connected(
        (stream, peer) -> {
          Future<String> line = stream.readLine(Integer.MAX_VALUE);
          peer.writeString("123456");
          line.cancel(true);
          try (ExpectLog log =
              new ExpectLog("dev.ioloop", "line not ended within 5 bytes", Level.FINE)) {
            assertThatThrownBy(() -> await(stream.readLine(5)))
                .isInstanceOf(StreamClosedException.class)
                .hasCauseInstanceOf(UnsatisfiableReadException.class);
          }
        });
  }

  private static void assertTooLong(Future<String> line) {
    assertThatThrownBy(() -> await(line))
        .isInstanceOf(StreamClosedException.class)
        .hasCauseInstanceOf(UnsatisfiableReadException.class);
  }

  @Test
  void lastLineThatIsTooLongIsRefusedAlsoIfItEndsWithACarriageReturn() {
    for (boolean halfClose : new boolean[] {false, true}) {
      connected(
          (stream, peer) -> {
            stream.setAllowHalfClose(halfClose);
            Future<String> pending = stream.readLine(3);
            try (ExpectLog log =
                new ExpectLog("dev.ioloop", "line not ended within 3 bytes", Level.FINE)) {
              peer.writeString("abc\r");
              peer.shutdownOutput();
              assertTooLong(pending);
            }
            assertThat(stream.error()).isInstanceOf(UnsatisfiableReadException.class);
          });
    }
    connected(
        (stream, peer) -> {
          Future<String> pending = stream.readLine(10);
          peer.writeString("abc\r");
          peer.shutdownOutput();
          assertThat(await(pending)).isEqualTo("abc\r");
        });
  }

  @Test
  void streamThatIsClosedByAnErrorHasNoLastLine() {
    connected(
        (stream, peer) -> {
          IOException failure = new IOException("on purpose");
          Future<String> line = stream.readLine(10);
          stream.close(failure);
          assertThatThrownBy(() -> await(line))
              .isInstanceOf(StreamClosedException.class)
              .hasCause(failure);
          assertThatThrownBy(() -> stream.readLine(10))
              .isInstanceOf(StreamClosedException.class)
              .hasCause(failure);
        });
  }

  @Test
  void textIsWrittenInTheCharsetThatIsWanted() {
    connected(
        (stream, peer) -> {
          stream.writeString("\u00e9");
          stream.writeString("\u00e9", UTF_16BE);
          assertThat(await(peer.readBytes(4))).containsExactly(0xc3, 0xa9, 0x00, 0xe9);
        });
  }

  // Carrying

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  @Test
  void pumpCarriesAllAndTheEndAndTheOtherDirectionGoesOn() {
    byte[] data = random(connection() == Connection.ONE_BYTE ? 300 : 2 << 20);
    connected(
        (near, client) -> {
          StreamPair other = connection().open();
          IOStream far = other.left();
          IOStream server = other.right();
          server.setAllowHalfClose(true);
          Future<Long> there = IOStream.pump(near, far);
          Future<Long> back = IOStream.pump(far, near);
          client.write(data);
          client.shutdownOutput();
          assertThat(Arrays.equals(await(server.readUntilClose()), data)).isTrue();
          assertThat(await(there)).isEqualTo(data.length);
          assertThat(near.closed() || far.closed() || back.done()).isFalse();
          server.writeString("answer");
          server.shutdownOutput();
          events.add(text(client.readUntilClose()));
          assertThat(await(back)).isEqualTo(6);
          far.close();
          server.close();
        });
    assertThat(events).containsExactly("answer");
  }

  @Test
  void pumpFailsWithWhatFailsAndEndsNothingThen() {
    connected(
        (near, client) -> {
          StreamPair other = connection().open();
          IOException failure = new IOException("on purpose");
          Future<Long> pump = IOStream.pump(near, other.left());
          client.writeString("some");
          events.add(text(other.right().readBytes(4)));
          near.close(failure);
          assertThatThrownBy(() -> await(pump))
              .isInstanceOf(StreamClosedException.class)
              .hasCause(failure);
          other.left().writeString("more"); // The output was not ended.
          events.add(text(other.right().readBytes(4)));
          other.left().close();
          Future<Long> nowhere = IOStream.pump(other.right(), other.left());
          assertThat(await(nowhere)).isZero();
        });
    assertThat(events).containsExactly("some", "more");
  }

  @Test
  void pumpFailsWhereItsSourceIsClosedHereBeforeThePeerHasEnded() {
    connected(
        (near, client) -> {
          StreamPair other = connection().open();
          Future<Long> pump = IOStream.pump(near, other.left());
          client.writeString("some");
          events.add(text(other.right().readBytes(4)));
          near.close();
          assertThatThrownBy(() -> await(pump))
              .isInstanceOf(StreamClosedException.class)
              .hasNoCause();
          Future<Long> later = IOStream.pump(near, other.left());
          assertThatThrownBy(() -> await(later)).isInstanceOf(StreamClosedException.class);
          other.left().writeString("more"); // The output was not ended.
          events.add(text(other.right().readBytes(4)));
          other.left().close();
          other.right().close();
        });
    assertThat(events).containsExactly("some", "more");
  }

  @Test
  void pumpThatIsCancelledLosesNothing() {
    connected(
        (near, client) -> {
          StreamPair other = connection().open();
          Future<Long> pump = IOStream.pump(near, other.left());
          pump.cancel(true);
          assertThatThrownBy(() -> await(pump)).isInstanceOf(CancellationException.class);
          client.write("kept".getBytes(UTF_8));
          events.add(text(near.readBytes(4)));
          Future<Long> again =
              coroutine(() -> await(IOStream.pump(near, near))); // an echo, by the way
          client.writeString("back");
          events.add(text(client.readBytes(4)));
          client.shutdownOutput();
          assertThat(await(again)).isEqualTo(4);
          other.left().close();
          other.right().close();
        });
    assertThat(events).containsExactly("kept", "back");
  }
}
