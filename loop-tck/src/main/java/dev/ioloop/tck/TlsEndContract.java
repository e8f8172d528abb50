package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.testing.StreamPair;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How TLS connections end: when the end is reported, and when it is sent. */
@OnEachGenerator
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class TlsEndContract extends TlsEngines {

  /** Made by subclasses. */
  protected TlsEndContract() {}

  @Test
  void endInTheSegmentOfTheLastDataIsTold() {
    PROTOCOLS.forEach(this::endInTheSegmentOfTheLastDataIsTold);
  }

  private void endInTheSegmentOfTheLastDataIsTold(String protocol) {
    loop.runSync(
        () ->
            withPeer(
                StreamPair.open(),
                protocol,
                (peer, server) -> {
                  Future<byte[]> all = server.readUntilClose();
                  peer.data(bytes("last ")).data(bytes("words")).end().send();
                  assertThat(text(all)).isEqualTo("last words");
                  assertThat(server.error()).isNull();
                }));
  }

  @Test
  void endIsToldToACloseCallbackOnceAllIsRead() {
    PROTOCOLS.forEach(this::endIsToldToACloseCallbackOnceAllIsRead);
  }

  private void endIsToldToACloseCallbackOnceAllIsRead(String protocol) {
    loop.runSync(
        () ->
            withPeer(
                Connection.TCP.open(),
                protocol,
                (peer, server) -> {
                  Future<Void> gone = new Future<>();
                  server.setCloseCallback(() -> gone.setResult(null));
                  peer.data(bytes("last")).end().send();
                  assertThat(text(server.readBytes(4))).isEqualTo("last");
                  await(gone);
                }));
  }

  @Test
  void endIsToldToTheReadAfterTheLastData() {
    PROTOCOLS.forEach(this::endIsToldToTheReadAfterTheLastData);
  }

  private void endIsToldToTheReadAfterTheLastData(String protocol) {
    loop.runSync(
        () ->
            withPeer(
                Connection.TCP.open(),
                protocol,
                (peer, server) -> {
                  server.setAllowHalfClose(true);
                  Future<byte[]> last = server.readBytes(4);
                  peer.data(bytes("last")).end().send();
                  assertThat(text(last)).isEqualTo("last");
                  assertThatThrownBy(() -> await(server.readBytes(1)))
                      .isInstanceOfSatisfying(
                          StreamClosedException.class, e -> assertThat(e.realError()).isNull());
                  assertThat(server.closed()).isFalse();
                }));
  }

  /** Up to and beyond the capacity of the other end, so that a record is cut at any place. */
  @Test
  void outputEndsAlsoWhereTheLastRecordWasNotTaken() {
    PROTOCOLS.forEach(this::outputEndsAlsoWhereTheLastRecordWasNotTaken);
  }

  private void outputEndsAlsoWhereTheLastRecordWasNotTaken(String protocol) {
    for (int size = 64_800; size <= 65_700; size += 43) {
      byte[] data = new byte[size];
      Arrays.fill(data, (byte) size);
      secured(
          protocol,
          (client, server) -> {
            client.setAllowHalfClose(true);
            client.write(data);
            client.shutdownOutput();
            assertThat(await(server.readUntilClose())).isEqualTo(data);
            assertThat(server.error()).isNull();
          });
    }
  }

  @Test
  void tls12AnswersTheEndByClosing() {
    secured(
        "TLSv1.2",
        (client, server) -> {
          client.setAllowHalfClose(true);
          server.setAllowHalfClose(true);
          client.shutdownOutput();
          assertThat(text(server.readUntilClose())).isEmpty();
          assertThat(text(client.readUntilClose())).isEmpty();
          Future<Void> late = server.write(bytes("too late"));
          assertThatThrownBy(() -> await(late))
              .isInstanceOfSatisfying(
                  StreamClosedException.class,
                  e ->
                      assertThat(e.realError())
                          .isInstanceOf(SSLException.class)
                          .hasMessageContaining("close_notify"));
          assertThat(server.closed()).isTrue();
        });
  }
}
