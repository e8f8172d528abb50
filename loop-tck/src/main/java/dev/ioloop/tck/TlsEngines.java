package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ioloop.Future;
import dev.ioloop.net.IOStream;
import dev.ioloop.testing.StreamPair;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.BeforeEach;

/**
 * Shared by the contracts that hold with every TLS provider: engines, which a subclass can make
 * with another provider, and connections that have switched to TLS.
 */
public abstract class TlsEngines extends ChannelContract {

  static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  private static final class Jdk {
    static final SSLContext CONTEXT = Certificates.context(certificate(), certificate());
  }

  /** Made by subclasses. */
  protected TlsEngines() {}

  /** Makes the certificates outside of the time limit of a test, unless the test is skipped. */
  @BeforeEach
  final void makeCertificates() {
    certificate();
  }

  /** Returns the key and certificate of both ends, which trust each other. */
  protected static KeyStore certificate() {
    return Certificates.localhost();
  }

  /** Uses both ends of a connection. */
  @FunctionalInterface
  interface Body {
    void run(IOStream client, IOStream server) throws Exception;
  }

  /** What an engine offers or demands, besides the key of {@link #certificate}. */
  public record Settings(String protocol, boolean clientCertificate, String... alpn) {}

  /** Returns whether the provider answers a key update at once, and not with the next data. */
  protected boolean answersKeyUpdatesAtOnce() {
    return true;
  }

  /** Returns an engine of the provider under test; a client's is for "localhost". */
  protected SSLEngine newEngine(boolean server, Settings settings) throws Exception {
    return jdkEngine(server, settings);
  }

  /** Returns an engine of the JDK's provider. Clients' engines share a cache of sessions. */
  static SSLEngine jdkEngine(boolean server, Settings settings) {
    SSLEngine engine =
        server ? Jdk.CONTEXT.createSSLEngine() : Jdk.CONTEXT.createSSLEngine("localhost", 1);
    engine.setUseClientMode(!server);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(new String[] {settings.protocol()});
    parameters.setApplicationProtocols(settings.alpn());
    if (server) {
      parameters.setNeedClientAuth(settings.clientCertificate());
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** Runs {@code body} with both ends of a connection in memory, both by the provider. */
  final void secured(String protocol, Body body) {
    loop.runSync(() -> secured(StreamPair.open(), protocol, body));
  }

  final void secured(StreamPair pair, String protocol, Body body) throws Exception {
    Settings settings = new Settings(protocol, false);
    Future<IOStream> accepted = pair.right().startTls(newEngine(true, settings));
    Future<IOStream> connected = pair.left().startTls(newEngine(false, settings));
    IOStream client = await(connected);
    IOStream server = await(accepted);
    try {
      body.run(client, server);
    } finally {
      client.close();
      server.close();
    }
  }

  /** Uses a server's stream, and a peer that may send anything. */
  @FunctionalInterface
  interface PeerBody {
    void run(TlsPeer peer, IOStream server) throws Exception;
  }

  /** Runs {@code body} with a server's stream by the provider and a peer by the JDK. */
  final void withPeer(StreamPair pair, String protocol, PeerBody body) throws Exception {
    Settings settings = new Settings(protocol, false);
    Future<IOStream> accepted = pair.right().startTls(newEngine(true, settings));
    TlsPeer peer = new TlsPeer(pair.left(), jdkEngine(false, settings));
    peer.handshake();
    IOStream server = await(accepted);
    try {
      body.run(peer, server);
    } finally {
      pair.left().close();
      server.close();
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  static String text(Future<byte[]> read) {
    return new String(await(read), ISO_8859_1);
  }
}
