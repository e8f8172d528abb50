package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ioloop.Future;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.testing.StreamPair;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No TLS peer holds the loop for more than a ration, whatever its records contain. */
@OnEachGenerator
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Needs({Capability.CHANNELS, Capability.ORDER})
public abstract class TlsRationContract extends TlsEngines {
  private static final int RECORDS_IN_TURN = 16;

  /** Made by subclasses. */
  protected TlsRationContract() {}

  /** Counts the turns of the loop until {@code future} is done. */
  private static int turnsUntil(Future<?> future) {
    int turns = 0;
    while (!future.isDone()) {
      await(moment);
      turns++;
    }
    return turns;
  }

  @Test
  void recordsOfOneByteAreRationed() {
    PROTOCOLS.forEach(this::recordsOfOneByteAreRationed);
  }

  private void recordsOfOneByteAreRationed(String protocol) {
    loop.runSync(
        () ->
            withPeer(
                StreamPair.open(),
                protocol,
                (peer, server) -> {
                  int count = 800;
                  Future<byte[]> read = server.readBytes(count);
                  for (int i = 0; i < count; i++) {
                    peer.data(new byte[1]);
                  }
                  peer.send();
                  assertThat(turnsUntil(read)).isGreaterThanOrEqualTo(count / RECORDS_IN_TURN - 1);
                }));
  }

  @Test
  void recordsAreRationedThoughReadsAreShort() {
    loop.runSync(
        () ->
            withPeer(
                StreamPair.open(),
                "TLSv1.3",
                (peer, server) -> {
                  int count = 160;
                  for (int i = 0; i < count; i++) {
                    peer.data(new byte[1]);
                  }
                  peer.send();
                  int turns = 0;
                  for (int i = 0; i < count; i++) {
                    turns += turnsUntil(server.readBytes(1));
                  }
                  assertThat(turns).isGreaterThanOrEqualTo(count / RECORDS_IN_TURN - 1);
                }));
  }

  @Test
  void keyUpdatesWithoutDataEndTheConnection() {
    loop.runSync(
        () ->
            withPeer(
                StreamPair.open(),
                "TLSv1.3",
                (peer, server) -> {
                  for (int round = 0; round < 2; round++) {
                    for (int i = 0; i < 32; i++) {
                      peer.keyUpdate();
                    }
                    peer.data(bytes("x")).send();
                    await(server.readBytes(1));
                  }
                  for (int i = 0; i < 33; i++) {
                    peer.keyUpdate();
                  }
                  peer.data(bytes("x")).send();
                  assertThatThrownBy(() -> await(server.readBytes(1)))
                      .isInstanceOfSatisfying(
                          StreamClosedException.class,
                          e ->
                              assertThat(e.realError())
                                  .isInstanceOf(SSLException.class)
                                  .message()
                                  .matches("(?i).*(key update|TOO_MANY_KEY_UPDATES).*"));
                  assertThat(server.closed()).isTrue();
                }));
  }

  /** The transport takes one byte at a time, so an answer is on its way until the peer reads. */
  @Test
  void nothingIsReadWhileAnAnswerIsUnsent() {
    assumeTrue(answersKeyUpdatesAtOnce(), "this TLS provider answers with the next data");
    loop.runSync(
        () ->
            withPeer(
                StreamPair.oneByteAtATime(),
                "TLSv1.3",
                (peer, server) -> {
                  peer.keyUpdate().data(bytes("x")).send();
                  Future<byte[]> read = server.readBytes(1);
                  for (int i = 0; i < 1000; i++) {
                    await(moment);
                  }
                  assertThat(read.isDone()).isFalse();
                  Future<Void> reader =
                      coroutine(
                          () -> {
                            while (true) {
                              peer.unwrap(); // a session ticket, and the answer
                            }
                          });
                  assertThat(text(read)).isEqualTo("x");
                  reader.cancel(true);
                }));
  }

  @Test
  void keyUpdatesInBothDirectionsLoseNothing() {
    loop.runSync(
        () ->
            withPeer(
                Connection.TCP.open(),
                "TLSv1.3",
                (peer, server) -> {
                  for (int i = 0; i < 10; i++) {
                    peer.keyUpdate().data(bytes("question")).send();
                    assertThat(text(server.readBytes(8))).isEqualTo("question");
                    server.write(bytes("answer"));
                    byte[] answer;
                    do {
                      answer = peer.unwrap();
                    } while (answer.length == 0);
                    assertThat(new String(answer, "US-ASCII")).isEqualTo("answer");
                  }
                }));
  }

  @Test
  void largeWriteIsRationed() {
    PROTOCOLS.forEach(this::largeWriteIsRationed);
  }

  private void largeWriteIsRationed(String protocol) {
    loop.runSync(
        () -> {
          ProbeTransport[] probe = new ProbeTransport[1];
          StreamPair pair = Connection.tcp(lower -> probe[0] = new ProbeTransport(lower));
          secured(
              pair,
              protocol,
              (client, server) -> {
                probe[0].swallows = true;
                Future<Void> sent = client.write(new byte[4 << 20]);
                assertThat(turnsUntil(sent)).isGreaterThan(32);
              });
        });
  }

  @Test
  void recordThatIsCutIsWaitedForInPeace() {
    loop.runSync(
        () -> {
          ProbeTransport[] probe = new ProbeTransport[1];
          StreamPair pair = Connection.tcp(lower -> probe[0] = new ProbeTransport(lower));
          withPeer(
              new StreamPair(pair.right(), pair.left()),
              "TLSv1.3",
              (peer, server) -> {
                Future<byte[]> read = server.readBytes(4);
                byte[] record = peer.data(bytes("text")).take();
                peer.send(Arrays.copyOf(record, 10));
                int before = probe[0].reads;
                for (int i = 0; i < 500; i++) {
                  await(moment);
                }
                assertThat(probe[0].reads - before).isLessThan(50);
                peer.send(Arrays.copyOfRange(record, 10, record.length));
                assertThat(text(read)).isEqualTo("text");
              });
        });
  }
}
