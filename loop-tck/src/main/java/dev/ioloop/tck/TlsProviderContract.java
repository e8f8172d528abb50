package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.testing.StreamPair;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guarantees with every TLS provider: tickets, client certificates, ALPN. */
@OnEachGenerator
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Needs({Capability.CHANNELS, Capability.ORDER})
public abstract class TlsProviderContract extends TlsEngines {

  /** Made by subclasses. */
  protected TlsProviderContract() {}

  /** Completes the handshake, exchanges a line each way, and ends. */
  private static void talk(SSLEngine clientEngine, SSLEngine serverEngine) throws Exception {
    StreamPair pair = Connection.TCP.open();
    Future<IOStream> accepted = pair.right().startTls(serverEngine);
    IOStream client = await(pair.left().startTls(clientEngine));
    IOStream server = await(accepted);
    client.write(bytes("question"));
    assertThat(text(server.readBytes(8))).isEqualTo("question");
    server.write(bytes("answer")); // behind the tickets
    assertThat(text(client.readBytes(6))).isEqualTo("answer");
    client.close();
    assertThat(text(server.readUntilClose())).isEmpty();
  }

  @Test
  void sessionIsResumed() {
    PROTOCOLS.forEach(this::sessionIsResumed);
  }

  private void sessionIsResumed(String protocol) {
    loop.runSync(
        () -> {
          Settings settings = new Settings(protocol, false);
          long created = 0;
          for (int i = 0; i < 3; i++) {
            SSLEngine client = jdkEngine(false, settings);
            talk(client, newEngine(true, settings));
            long now = client.getSession().getCreationTime();
            if (i > 0) {
              assertThat(now).as("when the session was made, %s", protocol).isEqualTo(created);
            }
            created = now;
          }
        });
  }

  @Test
  void clientShowsItsCertificate() {
    PROTOCOLS.forEach(this::clientShowsItsCertificate);
  }

  private void clientShowsItsCertificate(String protocol) {
    loop.runSync(
        () -> {
          SSLEngine server = newEngine(true, new Settings(protocol, true));
          talk(newEngine(false, new Settings(protocol, true)), server);
          assertThat(server.getSession().getPeerCertificates()[0])
              .isEqualTo(certificate().getCertificate("test"));
        });
  }

  @Test
  void protocolIsChosenByAlpn() {
    PROTOCOLS.forEach(this::protocolIsChosenByAlpn);
  }

  private void protocolIsChosenByAlpn(String protocol) {
    loop.runSync(
        () -> {
          SSLEngine client = newEngine(false, new Settings(protocol, false, "a", "b"));
          SSLEngine server = newEngine(true, new Settings(protocol, false, "b", "c"));
          talk(client, server);
          assertThat(client.getApplicationProtocol()).isEqualTo("b");
          assertThat(server.getApplicationProtocol()).isEqualTo("b");
        });
  }

  @Test
  void muchIsCarriedInBothDirections() {
    PROTOCOLS.forEach(
        protocol ->
            secured(
                protocol,
                (client, server) -> {
                  byte[] large = new byte[1 << 20];
                  Arrays.fill(large, (byte) 7);
                  Future<byte[]> there = server.readBytes(large.length);
                  Future<byte[]> back = client.readBytes(large.length);
                  client.write(large);
                  server.write(large);
                  assertThat(Arrays.equals(await(there), large)).isTrue();
                  assertThat(Arrays.equals(await(back), large)).isTrue();
                }));
  }

  @Test
  void recordWithAWrongMacEndsTheConnection() {
    PROTOCOLS.forEach(
        protocol ->
            unusableRecordEndsTheConnection(
                protocol,
                peer -> {
                  byte[] record = peer.data(bytes("changed")).take();
                  record[record.length - 1] ^= 1;
                  return record;
                }));
  }

  @Test
  void recordThatIsNotEncryptedEndsTheConnection() {
    byte[] handshake = {22, 3, 3, 0, 4, 1, 0, 0, 0};
    byte[] data = {23, 3, 3, 0, 4, 't', 'e', 'x', 't'};
    PROTOCOLS.forEach(
        protocol -> {
          unusableRecordEndsTheConnection(protocol, peer -> handshake);
          unusableRecordEndsTheConnection(protocol, peer -> data);
        });
  }

  @Test
  void unusableRecordBehindTheHandshakeEndsTheConnection() {
    PROTOCOLS.forEach(this::unusableRecordBehindTheHandshakeEndsTheConnection);
  }

  private void unusableRecordBehindTheHandshakeEndsTheConnection(String protocol) {
    loop.runSync(
        () -> {
          Settings settings = new Settings(protocol, false);
          StreamPair pair = StreamPair.open();
          Future<IOStream> accepted = pair.right().startTls(newEngine(true, settings));
          TlsPeer peer = new TlsPeer(pair.left(), jdkEngine(false, settings));
          peer.handshake();
          peer.send(new byte[] {22, 3, 3, 0, 4, 1, 0, 0, 0}); // with what ends the handshake
          assertThatThrownBy(() -> await(await(accepted).readBytes(1)))
              .isInstanceOfSatisfying(
                  StreamClosedException.class,
                  e -> assertThat(e.realError()).isInstanceOf(SSLException.class));
        });
  }

  /** The bytes that a peer sends as they are. */
  @FunctionalInterface
  private interface Forgery {
    byte[] by(TlsPeer peer) throws Exception;
  }

  private void unusableRecordEndsTheConnection(String protocol, Forgery forgery) {
    loop.runSync(
        () ->
            withPeer(
                StreamPair.open(),
                protocol,
                (peer, server) -> {
                  peer.data(bytes("good")).send();
                  assertThat(text(server.readBytes(4))).isEqualTo("good");
                  Future<byte[]> read = server.readBytes(1);
                  peer.send(forgery.by(peer));
                  assertThatThrownBy(() -> await(read))
                      .isInstanceOfSatisfying(
                          StreamClosedException.class,
                          e ->
                              assertThat(e.realError())
                                  .isInstanceOf(SSLException.class)
                                  .message()
                                  .doesNotContain("asked to renegotiate", "more than 32"));
                  assertThat(server.closed()).isTrue();
                  assertThatThrownBy(
                          () -> {
                            while (true) {
                              peer.unwrap(); // session tickets, and then the alert
                            }
                          })
                      .isInstanceOf(SSLException.class)
                      .hasMessageContaining("fatal alert");
                }));
  }

  @Test
  void peersThatShareNoProtocolFailBoth() {
    loop.runSync(
        () -> {
          StreamPair pair = Connection.TCP.open();
          Future<IOStream> accepted =
              pair.right().startTls(newEngine(true, new Settings("TLSv1.3", false)));
          Future<IOStream> connected =
              pair.left().startTls(newEngine(false, new Settings("TLSv1.2", false)));
          assertThatThrownBy(() -> await(connected)).isInstanceOf(StreamClosedException.class);
          assertThatThrownBy(() -> await(accepted)).isInstanceOf(StreamClosedException.class);
        });
  }
}
