package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.testing.Testing.expectLog;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.net.StreamBufferFullException;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.net.UnsatisfiableReadException;
import dev.ioloop.testing.ExpectLog;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.logging.Level;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** All forms of reading, and their limits. Many come from Tornado's {@code iostream_test}. */
public abstract class StreamReadContract extends StreamContract {

  private static final byte[] NEWLINE = bytes("\n");

  /** Made by subclasses. */
  protected StreamReadContract() {}

  @Test
  void bytesAreReadInTheSizesThatAreAskedFor() {
    connected(
        (stream, peer) -> {
          Future<Void> written = peer.write(bytes("abcdefghij"));
          events.add(text(stream.readBytes(3)));
          events.add(text(stream.readBytes(0)));
          events.add(text(stream.readBytes(6)));
          events.add(text(stream.readBytes(1)));
          await(written);
        });
    assertThat(events).containsExactly("abc", "", "defghi", "j");
  }

  @Test
  void partialReadGivesAtLeastOneByteAndAtMostWhatIsAskedFor() {
    connected(
        (stream, peer) -> {
          Future<byte[]> read = stream.readBytes(100, true);
          peer.write(bytes("x"));
          events.add(text(read));
          peer.write(bytes("abcdef"));
          String first = text(stream.readBytes(4, true));
          assertThat(first).hasSizeBetween(1, 4);
          events.add(first + text(stream.readBytes(6 - first.length())));
        });
    assertThat(events).containsExactly("x", "abcdef");
  }

  @Test
  void delimiterEndsAReadAndWhatFollowsIsKept() {
    connected(
        (stream, peer) -> {
          peer.write(bytes("one\r\ntw\ro\r\n\r\nrest"));
          for (int i = 0; i < 3; i++) {
            events.add(text(stream.readUntil(bytes("\r\n"))));
          }
          events.add(text(stream.readBytes(4)));
        });
    assertThat(events).containsExactly("one\r\n", "tw\ro\r\n", "\r\n", "rest");
  }

  @Test
  void delimiterThatComesInPiecesIsFound() {
    connected(
        (stream, peer) -> {
          Future<byte[]> read = stream.readUntil(bytes("aab"));
          for (String piece : new String[] {"a", "a", "a", "b", "b"}) {
            await(peer.write(bytes(piece)));
            await(moment);
          }
          events.add(text(read));
          events.add(text(stream.readBytes(1)));
        });
    assertThat(events).containsExactly("aaab", "b");
  }

  @Test
  void patternEndsAReadAtItsFirstMatch() {
    connected(
        (stream, peer) -> {
          peer.write(bytes("key: value\r\n\n12 and 345."));
          events.add(text(stream.readUntilRegex(Pattern.compile("\r?\n\r?\n"))));
          events.add(text(stream.readUntilRegex(Pattern.compile("(?<= )a"))));
          events.add(text(stream.readUntilRegex(Pattern.compile("[0-9]+[^0-9]"))));
        });
    assertThat(events).containsExactly("key: value\r\n\n", "12 a", "nd 345.");
  }

  @Test
  void patternSeesBytesAsCharactersAndTheStartOfTheRead() {
    connected(
        (stream, peer) -> {
          peer.write(new byte[] {'a', (byte) 0xff, 'b', 'a', (byte) 0xff});
          events.add(text(stream.readUntilRegex(Pattern.compile("\u00ff"))));
          events.add(text(stream.readUntilRegex(Pattern.compile("^ba\u00ff"))));
        });
    assertThat(events).containsExactly("a\u00ff", "ba\u00ff");
  }

  @Test
  void patternThatNeedsTooMuchStackClosesTheStream() {
    connected(
        (stream, peer) -> {
          Future<byte[]> read = stream.readUntilRegex(Pattern.compile("(a|b)*c"));
          byte[] many = new byte[60_000];
          Arrays.fill(many, (byte) 'a');
          peer.write(many);
          try (ExpectLog log = expectLog("closed: java.lang.StackOverflowError")) {
            assertThatThrownBy(() -> await(read))
                .isInstanceOf(StreamClosedException.class)
                .hasCauseInstanceOf(StackOverflowError.class);
          }
          assertThat(stream.closed()).isTrue();
        });
  }

  @Test
  void allIsReadUntilThePeerCloses() {
    connected(
        (stream, peer) -> {
          Future<byte[]> read = stream.readUntilClose();
          peer.write(bytes("some"));
          await(peer.write(bytes(" data")));
          peer.close();
          events.add(text(read));
          assertThat(stream.closed()).isTrue();
          assertThat(stream.error()).isNull();
          events.add(text(stream.readUntilClose()));
        });
    assertThat(events).containsExactly("some data", "");
  }

  @Test
  void buffersAreFilledAndTheirPositionsMove() {
    connected(
        (stream, peer) -> {
          peer.write(bytes("line\nabcdefg"));
          events.add(text(stream.readUntil(NEWLINE)));
          ByteBuffer heap = ByteBuffer.allocate(8).position(2).limit(5);
          events.add(await(stream.readInto(heap)));
          events.add(heap.position());
          events.add(text(heap.array()).trim());
          ByteBuffer direct = ByteBuffer.allocateDirect(4);
          events.add(await(stream.readInto(direct)));
          direct.flip();
          events.add((char) direct.get(0));
          events.add((char) direct.get(3));
        });
    assertThat(events).containsExactly("line\n", 3, 5, "abc", 4, 'd', 'g');
  }

  @Test
  void buffersArePartlyFilledIfThatIsAskedFor() {
    connected(
        (stream, peer) -> {
          for (ByteBuffer target :
              new ByteBuffer[] {ByteBuffer.allocate(100), ByteBuffer.allocateDirect(100)}) {
            Future<Integer> read = stream.readInto(target, true);
            peer.write(bytes("x"));
            events.add(await(read));
            events.add(target.position());
          }
        });
    assertThat(events).containsExactly(1, 1, 1, 1);
  }

  @Test
  void secondReadIsRefusedWhileOneIsPending() {
    connected(
        (stream, peer) -> {
          Future<byte[]> read = stream.readBytes(1);
          assertThat(stream.reading()).isTrue();
          assertThatThrownBy(() -> stream.readUntil(NEWLINE))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("already reading");
          peer.write(bytes("x"));
          events.add(text(read));
          assertThat(stream.reading()).isFalse();
        });
    assertThat(events).containsExactly("x");
  }

  @Test
  void readThatTheBufferSatisfiesIsDoneAtOnce() {
    connected(
        (stream, peer) -> {
          peer.write(bytes("abc"));
          events.add(text(stream.readBytes(1)));
          if (connection() != Connection.ONE_BYTE) {
            Future<byte[]> second = stream.readBytes(2);
            assertThat(second.done()).isTrue();
          }
        });
    assertThat(events).containsExactly("a");
  }

  @Test
  void cancelledReadLosesNothing() {
    connected(
        (stream, peer) -> {
          ByteBuffer into = ByteBuffer.allocate(100);
          for (int i = 0; i < 3; i++) {
            Future<?> reader =
                switch (i) {
                  case 0 -> coroutine(() -> events.add(await(stream.readBytes(100))));
                  case 1 -> coroutine(() -> events.add(await(stream.readUntil(NEWLINE))));
                  default -> coroutine(() -> events.add(await(stream.readInto(into))));
                };
            await(peer.write(bytes("part" + i)));
            for (int turn = 0; turn < 20; turn++) {
              await(moment); // By then the read has taken the received bytes.
            }
            reader.cancel(true);
            await(moment);
            into.clear();
            assertThat(stream.reading()).isFalse();
          }
          events.add(text(stream.readBytes(15)));
        });
    assertThat(events).containsExactly("part0part1part2");
  }

  @Test
  void delimiterBeyondTheLimitClosesTheStream() {
    connected(
        (stream, peer) -> {
          peer.write(bytes("123456\n"));
          try (ExpectLog log =
              new ExpectLog("dev.ioloop", "closed: delimiter not found within 6", Level.FINE)) {
            assertThatThrownBy(() -> await(stream.readUntil(NEWLINE, 6)))
                .isInstanceOf(StreamClosedException.class)
                .hasCauseInstanceOf(UnsatisfiableReadException.class);
          }
          assertThat(stream.error()).isInstanceOf(UnsatisfiableReadException.class);
        });
    connected(
        (stream, peer) -> {
          peer.write(bytes("12345\nmore than the limit"));
          events.add(text(stream.readUntil(NEWLINE, 6)));
          events.add(text(stream.readUntilRegex(Pattern.compile("[a-z] "), 5)));
        });
    assertThat(events).containsExactly("12345\n", "more ");
  }

  @Test
  void readBeyondTheBufferLimitClosesTheStream() {
    connected(
        (stream, peer) -> {
          stream.setMaxBufferSize(1000);
          Future<byte[]> read = stream.readUntil(NEWLINE);
          peer.write(new byte[2000]);
          try (ExpectLog log = expectLog("StreamBufferFullException")) {
            assertThatThrownBy(() -> await(read))
                .isInstanceOf(StreamClosedException.class)
                .hasCauseInstanceOf(StreamBufferFullException.class);
          }
          assertThat(stream.closed()).isTrue();
          assertThat(stream.readBytes(1000).done()).isTrue();
        });
    connected(
        (stream, peer) -> {
          stream.setMaxBufferSize(1000);
          Future<byte[]> read = stream.readBytes(1001);
          peer.write(new byte[2000]);
          try (ExpectLog log = expectLog("StreamBufferFullException")) {
            assertThatThrownBy(() -> await(read)).isInstanceOf(StreamClosedException.class);
          }
        });
  }

  @Test
  void asMuchAsTheBufferLimitIsReadUntilTheEnd() {
    connected(
        (stream, peer) -> {
          stream.setMaxBufferSize(1000);
          Future<byte[]> read = stream.readUntilClose();
          await(peer.write(new byte[1000]));
          for (int i = 0; i < 30; i++) {
            await(moment); // By then the stream holds as much as it may, and waits.
          }
          assertThat(read.done()).isFalse();
          peer.close();
          assertThat(await(read)).hasSize(1000);
          assertThat(stream.error()).isNull();
        });
  }

  @Test
  void peerIsHeldUpWhileNothingIsRead() {
    connected(
        (stream, peer) -> {
          Future<Void> written = peer.write(new byte[32 << 20]);
          events.add(text(stream.readBytes(1)));
          for (int i = 0; i < 200; i++) {
            await(moment);
          }
          assertThat(written.done()).isFalse();
          stream.close();
          assertThatThrownBy(() -> await(written)).isInstanceOf(StreamClosedException.class);
        });
  }

  // The search and the buffer take constant time for each byte, or this would take minutes.
  @Test
  void longLineThatComesByteByByteIsReadInLinearTime() {
    int length = connection() == Connection.ONE_BYTE ? 200_000 : 4 << 20;
    connected(
        (stream, peer) -> {
          Future<byte[]> read = stream.readUntil(NEWLINE);
          byte[] line = new byte[length];
          line[length - 1] = '\n';
          peer.write(line);
          assertThat(await(read)).hasSize(length);
        });
  }

  @Test
  void badArgumentsAreRefused() {
    connected(
        (stream, peer) -> {
          assertThatThrownBy(() -> stream.readBytes(-1)).hasMessage("n < 0: -1");
          assertThatThrownBy(() -> stream.readUntil(new byte[0])).hasMessage("delimiter is empty");
          assertThatThrownBy(() -> stream.readUntil(NEWLINE, 0)).hasMessage("maxBytes < 1: 0");
          assertThatThrownBy(() -> stream.readInto(ByteBuffer.allocate(1).asReadOnlyBuffer()))
              .hasMessageContaining("read-only");
          assertThatThrownBy(() -> stream.setMaxBufferSize(0)).hasMessage("bytes < 1: 0");
          assertThatThrownBy(() -> onOtherThread(() -> stream.readBytes(1)))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("addCallback()");
        });
  }
}
