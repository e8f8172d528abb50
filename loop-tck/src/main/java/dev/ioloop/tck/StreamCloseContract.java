package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How a stream ends, from either side: what is delivered before, and who is notified. */
public abstract class StreamCloseContract extends StreamContract {

  /** Made by subclasses. */
  protected StreamCloseContract() {}

  @Test
  void dataIsDeliveredBeforeTheCloseCallbackRunsOnce() {
    connected(
        (stream, peer) -> {
          Future<Void> closed = new Future<>();
          stream.setCloseCallback(
              () -> {
                events.add("closed");
                closed.setResult(null);
              });
          Future<Void> reader =
              coroutine(
                  () -> {
                    events.add(text(stream.readUntil(bytes("\n"))));
                    events.add(text(stream.readUntil(bytes("\n"))));
                  });
          await(peer.write(bytes("one\ntwo\n")));
          peer.close();
          await(closed);
          await(reader);
          stream.close();
          await(moment);
        });
    assertThat(events).containsExactly("one\n", "two\n", "closed");
  }

  @Test
  void endOfThePeerIsNoticedWithoutAReadWhereACloseCallbackIsSet() {
    connected(
        (stream, peer) -> {
          Future<Void> closed = new Future<>();
          stream.setCloseCallback(() -> closed.setResult(null));
          peer.close();
          await(closed);
          assertThat(stream.closed()).isTrue();
          assertThat(stream.error()).isNull();
        });
  }

  @Test
  void whatIsUnreadKeepsTheStreamOpenAndCanBeReadAfterTheEnd() {
    connected(
        (stream, peer) -> {
          stream.setCloseCallback(record("closed"));
          Future<Void> written = peer.write(bytes("abcdef"));
          events.add(text(stream.readBytes(1)));
          Future<byte[]> cancelled = stream.readBytes(100);
          await(written);
          peer.close();
          cancelled.cancel(true);
          for (int i = 0; i < 30; i++) {
            await(moment);
          }
          events.add(text(stream.readBytes(3)));
          assertThatThrownBy(() -> await(stream.readBytes(3)))
              .isInstanceOf(StreamClosedException.class);
          events.add(text(stream.readBytes(2)));
          assertThatThrownBy(() -> stream.readBytes(1)).isInstanceOf(StreamClosedException.class);
          await(moment);
        });
    assertThat(events).containsExactly("a", "bcd", "ef", "closed");
  }

  @Test
  void pendingReadsAndWritesFailWhenTheStreamIsClosed() {
    connected(
        (stream, peer) -> {
          Future<byte[]> read = stream.readBytes(1);
          Future<Void> write = stream.write(new byte[32 << 20]);
          IOException reason = new IOException("on purpose");
          stream.close(reason);
          for (Future<?> future : new Future<?>[] {read, write}) {
            assertThatThrownBy(() -> await(future))
                .isInstanceOfSatisfying(
                    StreamClosedException.class, e -> assertThat(e.realError()).isSameAs(reason));
          }
          assertThat(stream.error()).isSameAs(reason);
          assertThatThrownBy(() -> stream.readBytes(1))
              .isInstanceOf(StreamClosedException.class)
              .hasCause(reason);
          assertThatThrownBy(() -> stream.write(bytes("x")))
              .isInstanceOf(StreamClosedException.class);
          assertThatThrownBy(stream::awaitWritable).isInstanceOf(StreamClosedException.class);
          stream.shutdownOutput();
          stream.setNodelay(true);
        });
  }

  @Test
  void localCloseGivesAReadUntilCloseWhatHasCome() {
    connected(
        (stream, peer) -> {
          peer.write(bytes("xsome"));
          events.add(text(stream.readBytes(1)));
          Future<byte[]> read = stream.readUntilClose();
          for (int i = 0; i < 30; i++) {
            await(moment);
          }
          stream.close();
          events.add(text(read));
        });
    assertThat(events).containsExactly("x", "some");
  }

  @Test
  void whatFitsTheSocketArrivesAlthoughTheStreamIsClosed() {
    connected(
        (stream, peer) -> {
          Future<byte[]> read = peer.readUntilClose();
          stream.write(bytes("x"));
          stream.close();
          events.add(text(read));
        });
    assertThat(events).containsExactly("x");
  }

  @Test
  void closeIsPossibleInEveryCallback() {
    connected(
        (stream, peer) -> {
          Future<byte[]> read = stream.readBytes(1);
          read.addDoneCallback(done -> stream.close());
          peer.setCloseCallback(record("peer closed"));
          Future<byte[]> peerRead = peer.readBytes(1);
          peerRead.addDoneCallback(done -> peer.close());
          peer.write(bytes("x"));
          await(read);
          assertThat(stream.closed()).isTrue();
          assertThatThrownBy(() -> await(peerRead)).isInstanceOf(StreamClosedException.class);
          await(moment);
          assertThat(peer.closed()).isTrue();
        });
    assertThat(events).containsExactly("peer closed");
  }

  @Test
  void cancelledReadOfAStreamThatIsClosedThenLosesNothing() {
    connected(
        (stream, peer) -> {
          Future<byte[]> read = stream.readBytes(10);
          peer.write(bytes("abc"));
          for (int i = 0; i < 30; i++) {
            await(moment);
          }
          stream.close();
          assertThatThrownBy(() -> await(read)).isInstanceOf(StreamClosedException.class);
          events.add(text(stream.readBytes(3)));
        });
    assertThat(events).containsExactly("abc");
  }

  @Test
  void loopSleepsWhileStreamsWaitAndAfterTheirPeersHaveGone() {
    assumeSocket("virtual time and memory do not wait");
    loop.runSync(
        () -> {
          connection().open();
          IOStream reads = connection().open().left();
          IOStream ends = keepWithoutReader();
          reads.readBytes(1);
          await(moment);
          assertThat(ends.closed()).isFalse();
        });
    CpuTime.assertSleeps(this, Duration.ofMillis(60));
  }

  /** Returns a stream whose peer has sent and ended, and whose bytes nobody reads. */
  private IOStream keepWithoutReader() throws IOException {
    var pair = connection().open();
    pair.left().setCloseCallback(() -> {});
    pair.right().write(bytes("abc"));
    events.add(text(pair.left().readBytes(1)));
    pair.right().close();
    return pair.left();
  }
}
