package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.net.StreamBufferFullException;
import dev.ioloop.net.StreamClosedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Writing: the order of bytes and of futures, limits, and the end of the output. */
public abstract class StreamWriteContract extends StreamContract {

  /** Made by subclasses. */
  protected StreamWriteContract() {}

  @Test
  void everyWriteHasItsFutureAndTheyAreDoneInOrder() {
    int size = connection() == Connection.ONE_BYTE ? 500 : 1 << 20;
    connected(
        (stream, peer) -> {
          List<Future<Void>> writes = new ArrayList<>();
          for (int i = 0; i < 10; i++) {
            byte[] piece = new byte[size];
            piece[0] = (byte) i;
            int number = i;
            writes.add(stream.write(piece));
            writes.get(i).addDoneCallback(done -> events.add(number));
          }
          assertThat(stream.writing()).isTrue();
          assertThat(writes.get(9).done()).isFalse();
          for (int i = 0; i < 10; i++) {
            assertThat(await(peer.readBytes(size))[0]).isEqualTo((byte) i);
          }
          await(writes.get(9));
          assertThat(stream.writing()).isFalse();
        });
    assertThat(events).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void smallWriteIsDoneAtOnce() {
    connected(
        (stream, peer) -> {
          assertThat(stream.write(bytes("x")).done()).isTrue();
          assertThat(stream.write(new byte[0]).done()).isTrue();
          assertThat(stream.writing()).isFalse();
          events.add(text(peer.readBytes(1)));
        });
    assertThat(events).containsExactly("x");
  }

  @Test
  void buffersOfAllKindsAreWrittenFromPositionToLimit() {
    connected(
        (stream, peer) -> {
          ByteBuffer heap = ByteBuffer.wrap(bytes("[heap]")).position(1).limit(5);
          ByteBuffer direct = ByteBuffer.allocateDirect(20).put(bytes("[direct]")).flip();
          ByteBuffer readOnly = ByteBuffer.wrap(bytes("read only")).asReadOnlyBuffer();
          // Queued behind a large write, so that all of them are gathered.
          byte[] large = new byte[connection() == Connection.ONE_BYTE ? 300 : 8 << 20];
          stream.write(large);
          stream.write(heap);
          stream.write(new byte[0]);
          stream.write(direct);
          stream.write(bytes("-"));
          Future<Void> last = stream.write(readOnly);
          await(peer.readBytes(large.length));
          events.add(text(peer.readBytes(4 + 8 + 1 + 9)));
          await(last);
          events.add(heap.remaining() + direct.remaining() + readOnly.remaining());
        });
    assertThat(events).containsExactly("heap[direct]-read only", 0);
  }

  @Test
  void streamThatIsClosedForAFullBufferSaysNothing() {
    connected(
        (stream, peer) -> {
          StreamBufferFullException full = new StreamBufferFullException("too far behind");
          stream.close(full); // Any log line fails the test.
          assertThat(stream.error()).isSameAs(full);
        });
  }

  @Test
  void writeBeyondTheLimitIsRefusedAndTheStreamGoesOn() {
    connected(
        (stream, peer) -> {
          stream.setMaxWriteBufferSize(10_000);
          while (!stream.writing()) {
            stream.write(new byte[10_000]);
          }
          assertThatThrownBy(() -> stream.write(new byte[10_001]))
              .isInstanceOf(StreamBufferFullException.class)
              .hasMessageContaining("setMaxWriteBufferSize() allows 10000");
          assertThat(stream.closed()).isFalse();
          Future<Void> reader =
              coroutine(
                  () -> {
                    while (true) {
                      await(peer.readBytes(10_000, true));
                    }
                  });
          while (stream.writing()) {
            await(moment);
          }
          await(stream.write(bytes("x")));
          reader.cancel(true);
          assertThatThrownBy(() -> await(reader)).isInstanceOf(CancellationException.class);
        });
  }

  @Test
  void awaitWritableTellsWhenLittleIsUnsent() {
    connected(
        (stream, peer) -> {
          assertThat(stream.awaitWritable().done()).isTrue();
          stream.setWriteMarks(10, 100);
          int size = connection() == Connection.ONE_BYTE ? 1000 : 8 << 20;
          Future<Void> write = stream.write(new byte[size]);
          Future<Void> writable = stream.awaitWritable();
          assertThat(writable.done()).isFalse();
          Future<byte[]> read = peer.readBytes(size);
          await(writable);
          await(read);
          assertThat(stream.awaitWritable().done()).isTrue();
          await(write);
        });
  }

  @Test
  void shutdownOfTheOutputLetsEarlierWritesOutAndReadingGoesOn() {
    connected(
        (stream, peer) -> {
          int size = connection() == Connection.ONE_BYTE ? 300 : 4 << 20;
          peer.setAllowHalfClose(true);
          Future<byte[]> answer = stream.readUntilClose();
          stream.write(new byte[size]);
          stream.shutdownOutput();
          stream.shutdownOutput();
          assertThatThrownBy(() -> stream.write(bytes("x")))
              .isInstanceOf(StreamClosedException.class);
          events.add(await(peer.readUntilClose()).length == size);
          assertThat(peer.closed()).isFalse();
          assertThatThrownBy(() -> await(peer.readBytes(1)))
              .isInstanceOf(StreamClosedException.class);
          await(peer.write(bytes("answer")));
          peer.close();
          events.add(text(answer));
          assertThat(stream.closed()).isTrue();
        });
    assertThat(events).containsExactly(true, "answer");
  }

  @Test
  void halfCloseOfThePeerClosesTheStreamUnlessThatIsAllowed() {
    connected(
        (stream, peer) -> {
          peer.write(bytes("last"));
          peer.shutdownOutput();
          events.add(text(stream.readBytes(4)));
          // The end was not needed yet, so there is still time for an answer.
          Future<byte[]> answer = peer.readUntilClose();
          await(stream.write(bytes("answer")));
          assertThatThrownBy(() -> await(stream.readBytes(1)))
              .isInstanceOf(StreamClosedException.class)
              .hasNoCause();
          assertThat(stream.closed()).isTrue();
          events.add(text(answer));
        });
    assertThat(events).containsExactly("last", "answer");
  }
}
