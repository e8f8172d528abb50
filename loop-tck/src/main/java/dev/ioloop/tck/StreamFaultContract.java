package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.timeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.StreamListener;
import dev.ioloop.spi.StreamTransport;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that reset, never answer, flood, or come in thousands, over TCP. */
@OnEachGenerator
public abstract class StreamFaultContract extends ChannelContract {

  private static final File DESCRIPTORS = new File("/proc/self/fd");
  private static final int RATION = 64 << 10;

  /** A stream, and the socket of its peer, which does not block. */
  private record Ends(IOStream stream, SocketChannel peer) {
    void reset() throws IOException {
      peer.setOption(StandardSocketOptions.SO_LINGER, 0);
      peer.close();
    }

    void send(String text) throws IOException {
      peer.write(ByteBuffer.wrap(StreamContract.bytes(text)));
    }
  }

  /** Made by subclasses. */
  protected StreamFaultContract() {}

  private Ends open() throws IOException {
    StreamListener listener =
        loop.sockets().listen(new InetSocketAddress("127.0.0.1", 0), 16, false);
    try {
      SocketChannel peer = closedAfterwards(SocketChannel.open(listener.localAddress()));
      peer.configureBlocking(false);
      StreamTransport accepted = listener.accept(loop.sockets());
      IOStream stream = IOStream.of(accepted);
      assertThat(stream.remoteAddress()).isEqualTo(peer.getLocalAddress());
      assertThat(stream.localAddress()).isEqualTo(peer.getRemoteAddress());
      return new Ends(stream, peer);
    } finally {
      listener.close();
    }
  }

  private static void assertReset(Future<?> future) {
    assertThatThrownBy(() -> await(future))
        .isInstanceOf(StreamClosedException.class)
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void resetFailsAPendingReadWithTheRealError() {
    loop.runSync(
        () -> {
          Ends ends = open();
          Future<byte[]> read = ends.stream.readBytes(10);
          await(moment);
          ends.reset();
          assertReset(read);
          assertThat(ends.stream.closed()).isTrue();
          assertThat(ends.stream.error()).isInstanceOf(IOException.class);
          assertReset(coroutine(() -> await(ends.stream.readUntilClose())));
        });
  }

  @Test
  void resetFailsAPendingReadUntilCloseBecauseSomethingMayBeMissing() {
    loop.runSync(
        () -> {
          Ends ends = open();
          Future<byte[]> read = ends.stream.readUntilClose();
          ends.send("some");
          await(moment);
          ends.reset();
          assertReset(read);
          events.add(StreamContract.text(ends.stream.readBytes(4)));
        });
    assertThat(events).containsExactly("some");
  }

  // The system tells of the reset once, and of an end after that.
  @Test
  void resetThatAWriteHasFoundIsNoEndInOrder() {
    loop.runSync(
        () -> {
          Ends ends = open();
          ends.send("xsome");
          events.add(StreamContract.text(ends.stream.readBytes(1)));
          Future<byte[]> read = ends.stream.readUntilClose();
          ends.reset();
          assertReset(ends.stream.write(new byte[1]));
          assertReset(read);
          assertThat(ends.stream.closed()).isTrue();
          assertThat(ends.stream.error()).isInstanceOf(IOException.class);
          events.add(StreamContract.text(ends.stream.readBytes(4)));
        });
    assertThat(events).containsExactly("x", "some");
  }

  @Test
  void resetFailsPendingWritesAndReads() {
    loop.runSync(
        () -> {
          Ends ends = open();
          Future<Void> write = ends.stream.write(new byte[32 << 20]);
          Future<Void> second = ends.stream.write(new byte[1]);
          Future<byte[]> read = ends.stream.readBytes(10);
          assertThat(write.done()).isFalse();
          ends.reset();
          assertReset(write);
          assertReset(second);
          assertReset(read);
        });
  }

  @Test
  void dataThatCameBeforeAResetIsDelivered() {
    loop.runSync(
        () -> {
          Ends ends = open();
          Future<Void> write = ends.stream.write(new byte[32 << 20]);
          Future<byte[]> read = ends.stream.readBytes(4);
          ends.send("data");
          ends.reset();
          events.add(StreamContract.text(read));
          assertReset(write);
        });
    assertThat(events).containsExactly("data");
  }

  /** Holds much, and fails each write. */
  private static final class FailsWrites implements StreamTransport {
    int left;
    int calls;
    int smallest = Integer.MAX_VALUE;

    FailsWrites(int holds) {
      left = holds;
    }

    @Override
    public void start(ReadyHandler handler) {}

    @Override
    public void watch(int events) {}

    @Override
    public int read(ByteBuffer target) {
      calls++;
      int count = Math.min(left, target.remaining());
      if (count < left) {
        smallest = Math.min(smallest, count);
      }
      target.position(target.position() + count);
      left -= count;
      return count == 0 ? -1 : count;
    }

    @Override
    public long write(ByteBuffer[] sources, int from, int to) throws IOException {
      throw new IOException("on purpose");
    }

    @Override
    public void shutdownOutput() {}

    @Override
    public void close() {}
  }

  @Test
  void whatCameBeforeAFailedWriteIsReceivedInWholeBuffersByRations() {
    loop.runSync(
        () -> {
          FailsWrites transport = new FailsWrites(64 * RATION);
          IOStream stream = IOStream.of(transport);
          long[] taken = {0};
          Future<Void> reader =
              coroutine(
                  () -> {
                    while (true) {
                      taken[0] += await(stream.readBytes(RATION, true)).length;
                    }
                  });
          transport.calls = 0;
          Future<Void> write = stream.write(new byte[10]);
          assertThat(write.done()).isTrue();
          assertThat(transport.calls).isLessThanOrEqualTo(2);
          assertThatThrownBy(() -> stream.write(new byte[1]))
              .isInstanceOf(StreamClosedException.class);
          assertThatThrownBy(stream::awaitWritable).isInstanceOf(StreamClosedException.class);
          assertThat(stream.closed()).isTrue();
          assertThat(stream.error()).hasMessage("on purpose");
          while (!reader.done()) {
            int before = transport.left;
            await(moment);
            assertThat(before - transport.left).isLessThanOrEqualTo(2 * RATION);
          }
          assertReset(reader);
          assertThat(taken[0]).isEqualTo(64 * RATION);
          assertThat(transport.calls).isLessThan(4 * 64);
          assertThat(transport.smallest).isEqualTo(RATION);
          assertReset(write);
        });
  }

  @Test
  void ofWhatNobodyReadsAfterAFailedWriteLittleIsKept() {
    loop.runSync(
        () -> {
          FailsWrites transport = new FailsWrites(64 * RATION);
          IOStream stream = IOStream.of(transport);
          Future<Void> closed = new Future<>();
          stream.setCloseCallback(() -> closed.setResult(null));
          assertReset(stream.write(new byte[10]));
          await(closed);
          assertThat(stream.error()).hasMessage("on purpose");
          assertThat(64 * RATION - transport.left).isBetween(RATION, 8 * RATION);
          assertThat(await(stream.readBytes(RATION))).hasSize(RATION);
          assertReset(coroutine(() -> await(stream.readUntilClose())));
        });
  }

  @Test
  void resetOfAnIdleStreamReachesTheCloseCallback() {
    loop.runSync(
        () -> {
          Ends ends = open();
          Future<Void> closed = new Future<>();
          ends.stream.setCloseCallback(() -> closed.setResult(null));
          ends.reset();
          await(closed);
          assertThat(ends.stream.error()).isInstanceOf(IOException.class);
        });
  }

  @Test
  void resetThatNobodyWaitedForFailsTheNextReadOrWrite() {
    loop.runSync(
        () -> {
          Ends reads = open();
          Ends writes = open();
          reads.reset();
          writes.reset();
          await(moment);
          assertReset(coroutine(() -> await(reads.stream.readBytes(1))));
          assertReset(coroutine(() -> await(writes.stream.write(new byte[1]))));
          assertThat(writes.stream.closed()).isTrue();
        });
    CpuTime.assertSleeps(this, Duration.ofMillis(60));
  }

  @Test
  void shutdownOfTheOutputAfterAResetClosesTheStream() {
    loop.runSync(
        () -> {
          Ends ends = open();
          Future<Void> closed = new Future<>();
          ends.stream.write(new byte[1]);
          ends.reset();
          ends.stream.setCloseCallback(() -> closed.setResult(null));
          ends.stream.shutdownOutput();
          await(closed);
        });
  }

  @Test
  void peerThatNeverReadsHoldsUpWritesAndTheLoopSleeps() {
    loop.runSync(
        () -> {
          Ends ends = open();
          Future<Void> write = ends.stream.write(new byte[32 << 20]);
          assertThatThrownBy(() -> await(timeout(Duration.ofMillis(20), () -> await(write))))
              .isInstanceOf(LoopTimeoutException.class);
          assertThat(ends.stream.writing()).isTrue();
        });
    CpuTime.assertSleeps(this, Duration.ofMillis(60));
  }

  @Test
  void peerThatSaysNothingIsLeftByATimeoutAndTheStreamGoesOn() {
    loop.runSync(
        () -> {
          Ends ends = open();
          ends.send("abc");
          assertThatThrownBy(
                  () ->
                      await(timeout(Duration.ofMillis(20), () -> await(ends.stream.readBytes(4)))))
              .isInstanceOf(LoopTimeoutException.class);
          ends.send("d");
          events.add(StreamContract.text(ends.stream.readBytes(4)));
        });
    assertThat(events).containsExactly("abcd");
  }

  @Test
  void refusedConnectionFailsWithItsError() {
    loop.runSync(
        () -> {
          SocketAddress nobody;
          try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress("127.0.0.1", 0));
            nobody = server.getLocalAddress();
          }
          Future<IOStream> connect = IOStream.connect(loop.sockets().connect(nobody, null));
          assertThatThrownBy(() -> await(connect))
              .isInstanceOf(StreamClosedException.class)
              .hasCauseInstanceOf(ConnectException.class);
        });
  }

  // The ration that was being served when the byte came, and at most one more before the other
  // stream is served.
  @Test
  void peerThatFloodsMakesOthersLateByOneRation() {
    loop.runSync(
        () -> {
          Ends flood = open();
          Ends other = open();
          ByteBuffer much = ByteBuffer.allocateDirect(8 << 20);
          long[] taken = {0};
          Future<Void> flooded =
              coroutine(
                  () -> {
                    while (true) {
                      taken[0] += await(flood.stream.readBytes(64)).length;
                    }
                  });
          for (int i = 0; i < 50; i++) {
            flood.peer.write(much.rewind());
            other.send("x");
            await(moment);
            long before = taken[0];
            await(other.stream.readBytes(1));
            assertThat(taken[0] - before).isLessThanOrEqualTo(2 * RATION);
          }
          assertThat(taken[0]).isGreaterThan(RATION);
          flood.stream.close();
          assertThatThrownBy(() -> await(flooded)).isInstanceOf(StreamClosedException.class);
        });
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void thousandsOfConnectionsThatAreResetLeaveNothingBehind() throws Exception {
    int count = Runtime.version().feature() < 21 ? 2_000 : 4_000;
    openAndReset(50);
    int before = descriptors();
    openAndReset(count);
    assertThat(descriptors() - before).isLessThan(20);
    assertThat(loop.stats().coroutinesSuspended()).isZero();
  }

  private void openAndReset(int count) {
    loop.runSync(
        () -> {
          List<Future<Void>> readers = new ArrayList<>();
          Future<Void> all = new Future<>();
          StreamListener listener =
              loop.sockets().listen(new InetSocketAddress("127.0.0.1", 0), 1024, false);
          listener.start(
              ready -> {
                try {
                  for (var next = listener.accept(loop.sockets());
                      next != null;
                      next = listener.accept(loop.sockets())) {
                    IOStream stream = IOStream.of(next);
                    readers.add(
                        coroutine(
                            () -> {
                              while (true) {
                                await(stream.write(await(stream.readBytes(1))));
                              }
                            }));
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
                if (readers.size() == count) {
                  all.setResult(null);
                }
              });
          List<SocketChannel> peers = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            SocketChannel peer = SocketChannel.open(listener.localAddress());
            peer.setOption(StandardSocketOptions.SO_LINGER, 0);
            if (i % 2 == 0) {
              peer.write(ByteBuffer.wrap(new byte[1 + i % 100]));
            }
            peers.add(peer);
            while (peers.size() - readers.size() > 500) {
              await(
                  moment); // The system holds no more connections than the listener has asked for.
            }
          }
          await(all);
          for (SocketChannel peer : peers) {
            peer.close();
          }
          for (Future<Void> reader : readers) {
            assertThatThrownBy(() -> await(reader)).isInstanceOf(StreamClosedException.class);
          }
          listener.close();
        });
  }

  private static int descriptors() {
    String[] open = DESCRIPTORS.list();
    return open == null ? 0 : open.length;
  }
}
