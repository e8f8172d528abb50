package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.IOLoop;
import dev.ioloop.spi.StreamListener;
import dev.ioloop.spi.StreamTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a stream requires of its transport. To test your own transport, extend this class and
 * override {@link #open}.
 */
@Needs({Capability.CHANNELS, Capability.ORDER})
public abstract class StreamTransportContract extends LoopContract {

  /** Made by subclasses. */
  protected StreamTransportContract() {}

  /** Returns both ends of a new connection. Called in a coroutine; here over TCP. */
  protected List<StreamTransport> open() throws IOException {
    StreamListener listener =
        loop.sockets().listen(new InetSocketAddress("127.0.0.1", 0), 16, false);
    try {
      StreamTransport client = loop.sockets().connect(listener.localAddress(), null);
      StreamTransport server = listener.accept(loop.sockets());
      while (server == null) {
        await(moment);
        server = listener.accept(loop.sockets());
      }
      return List.of(client, server);
    } finally {
      listener.close();
    }
  }

  /** Uses both ends, of which the first is started and records its events. */
  @FunctionalInterface
  private interface Body {
    void run(StreamTransport transport, StreamTransport peer) throws Exception;
  }

  private void connected(Body body) {
    loop.runSync(
        () -> {
          List<StreamTransport> ends = open();
          ends.get(0).start(events::add);
          ends.get(1).start(ready -> {});
          for (StreamTransport end : ends) {
            end.watch(IOLoop.WRITE);
            while (!end.finishConnect()) {
              await(moment);
            }
            end.watch(IOLoop.NONE);
          }
          events.clear();
          try {
            body.run(ends.get(0), ends.get(1));
          } finally {
            ends.get(0).close();
            ends.get(1).close();
          }
        });
  }

  private static void send(StreamTransport transport, String text) throws IOException {
    ByteBuffer data = ByteBuffer.wrap(StreamContract.bytes(text));
    while (data.hasRemaining()) {
      transport.write(new ByteBuffer[] {data}, 0, 1);
    }
    while (!transport.flush()) {
      await(moment);
    }
  }

  /** Reads until {@code length} bytes are there, and checks that the position moves with them. */
  private static String receive(StreamTransport transport, ByteBuffer target) throws IOException {
    int start = target.position();
    while (target.hasRemaining()) {
      int before = target.position();
      int count = transport.read(target);
      assertThat(count).isNotNegative();
      assertThat(target.position()).isEqualTo(before + count);
      if (count == 0) {
        await(moment);
      }
    }
    byte[] bytes = new byte[target.position() - start];
    target.get(start, bytes);
    return StreamContract.text(bytes);
  }

  private void awaitEvent(int event) {
    while (events.stream().noneMatch(ready -> ((int) ready & event) != 0)) {
      await(moment);
    }
  }

  @Test
  void readGivesZeroWhereNothingIsThere() {
    connected(
        (transport, peer) -> {
          assertThat(transport.read(ByteBuffer.allocateDirect(10))).isZero();
          assertThat(transport.read(ByteBuffer.allocate(10))).isZero();
        });
  }

  @Test
  void buffersOfBothKindsAreFilledFromTheirPositionOn() {
    connected(
        (transport, peer) -> {
          send(peer, "abcdefgh");
          assertThat(receive(transport, ByteBuffer.allocateDirect(9).position(2).limit(5)))
              .isEqualTo("abc");
          assertThat(receive(transport, ByteBuffer.allocate(9).position(2).limit(7)))
              .isEqualTo("defgh");
        });
  }

  @Test
  void sourcesAreTakenInOrderFromTheirPositionsOnAndOthersAreLeftAlone() {
    connected(
        (transport, peer) -> {
          ByteBuffer[] sources = {
            ByteBuffer.wrap(StreamContract.bytes("left alone")),
            ByteBuffer.wrap(StreamContract.bytes("[a]")).position(1).limit(2),
            ByteBuffer.allocate(0),
            ByteBuffer.allocateDirect(3).put(StreamContract.bytes("bcd")).flip(),
            ByteBuffer.wrap(StreamContract.bytes("ef")).asReadOnlyBuffer(),
            ByteBuffer.wrap(StreamContract.bytes("left alone")),
          };
          long taken = 0;
          for (int i = 0; taken < 6; i++) {
            assertThat(i).isLessThan(100);
            taken += transport.write(sources, 1, 5);
            if (!transport.flush()) {
              await(moment);
            }
          }
          assertThat(taken).isEqualTo(6);
          assertThat(sources[0].remaining()).isEqualTo(10);
          assertThat(sources[5].remaining()).isEqualTo(10);
          assertThat(sources[3].remaining() + sources[4].remaining()).isZero();
          assertThat(receive(peer, ByteBuffer.allocate(6))).isEqualTo("abcdef");
        });
  }

  @Test
  void handlerIsToldOfBytesWhileItWatchesForThemAndNotElse() {
    connected(
        (transport, peer) -> {
          send(peer, "x");
          for (int i = 0; i < 10; i++) {
            await(moment);
          }
          assertThat(events).isEmpty();
          transport.watch(IOLoop.READ);
          awaitEvent(IOLoop.READ);
          events.clear();
          awaitEvent(IOLoop.READ); // Reported again, because the data is still there.
          assertThat(receive(transport, ByteBuffer.allocate(1))).isEqualTo("x");
          transport.watch(IOLoop.NONE);
          send(peer, "y");
          events.clear();
          for (int i = 0; i < 10; i++) {
            await(moment);
          }
          assertThat(events).isEmpty();
          assertThat(receive(transport, ByteBuffer.allocate(1))).isEqualTo("y");
        });
  }

  @Test
  void writeTakesNothingWhenThePeerDoesNotReadAndTheHandlerIsToldWhenItDoes() {
    connected(
        (transport, peer) -> {
          ByteBuffer piece = ByteBuffer.allocateDirect(64 << 10);
          long sent = 0;
          for (long taken = 1; taken > 0; sent += taken) {
            taken = transport.write(new ByteBuffer[] {piece.clear()}, 0, 1);
            transport.flush();
          }
          transport.watch(IOLoop.WRITE);
          ByteBuffer received = ByteBuffer.allocateDirect(64 << 10);
          while (events.isEmpty()) {
            peer.read(received.clear());
            await(moment);
          }
          assertThat(sent).isPositive();
          assertThat((int) events.get(0) & IOLoop.WRITE).isNotZero();
        });
  }

  @Test
  void endOfThePeersOutputFollowsItsBytesAndTheOtherDirectionGoesOn() {
    connected(
        (transport, peer) -> {
          send(peer, "last");
          peer.shutdownOutput();
          while (!peer.flush()) {
            await(moment);
          }
          assertThat(receive(transport, ByteBuffer.allocate(4))).isEqualTo("last");
          transport.watch(IOLoop.READ);
          awaitEvent(IOLoop.READ);
          assertThat(transport.read(ByteBuffer.allocate(1))).isEqualTo(-1);
          assertThat(transport.read(ByteBuffer.allocateDirect(1))).isEqualTo(-1);
          transport.watch(IOLoop.NONE);
          send(transport, "answer");
          assertThat(receive(peer, ByteBuffer.allocate(6))).isEqualTo("answer");
        });
  }

  @Test
  void closeEndsBothDirectionsAndTheHandlerIsToldNothingMore() {
    connected(
        (transport, peer) -> {
          transport.watch(IOLoop.READ | IOLoop.WRITE);
          awaitEvent(IOLoop.WRITE);
          transport.close();
          transport.close();
          events.clear();
          peer.watch(IOLoop.READ);
          while (peer.read(ByteBuffer.allocate(1)) != -1) {
            await(moment);
          }
          assertThat(events).isEmpty();
          assertThatThrownBy(
                  () -> {
                    for (int i = 0; i < 1000; i++) {
                      send(peer, "x");
                      await(moment);
                    }
                  })
              .isInstanceOf(IOException.class);
        });
  }
}
