package dev.ioloop.netty;

import static dev.ioloop.Gen.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.tck.Certificates;
import dev.ioloop.testing.FailOnUnexpectedLog;
import dev.ioloop.testing.StreamPair;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.KeyStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams whose TLS is Netty's, by the JDK's engines and by BoringSSL's. */
@ExtendWith(FailOnUnexpectedLog.class)
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class NettyTlsTest {

  /** What is done with both ends of a connection. */
  @FunctionalInterface
  private interface Body {
    void run(IOStream near, IOStream far) throws Exception;
  }

  private static void talk(SslProvider provider) throws Exception {
    connected(
        provider,
        (near, far) -> {
          byte[] large = new byte[300_000];
          Future<byte[]> received = far.readBytes(large.length);
          near.write(large);
          assertThat(await(received)).isEqualTo(large);
          far.write("bye".getBytes(UTF_8));
          far.close();
          assertThat(new String(await(near.readUntilClose()), UTF_8)).isEqualTo("bye");
        });
  }

  private static void endOutputAndRead(SslProvider provider) throws Exception {
    connected(
        provider,
        (near, far) -> {
          byte[] large = new byte[300_000];
          far.write(large);
          near.shutdownOutput();
          assertThat(await(near.readBytes(large.length))).isEqualTo(large);
          far.close();
          assertThat(await(near.readUntilClose())).isEmpty();
          assertThat(near.error()).isNull();
        });
  }

  private static void connected(SslProvider provider, Body body) throws Exception {
    KeyStore certificate = Certificates.localhost();
    SslContext server =
        SslContextBuilder.forServer(Certificates.keys(certificate)).sslProvider(provider).build();
    SslContext client =
        SslContextBuilder.forClient()
            .trustManager(Certificates.trust(certificate))
            .endpointIdentificationAlgorithm(null)
            .sslProvider(provider)
            .build();
    try (IOLoop loop = IOLoop.create()) {
      loop.runSync(
          () -> {
            StreamPair pair = StreamPair.open();
            Future<IOStream> accepted = pair.right().startTls(NettyTls.engines(server).get());
            IOStream near = await(pair.left().startTls(NettyTls.engines(client).get()));
            IOStream far = await(accepted);
            body.run(near, far);
            near.close();
          });
    }
  }

  @Test
  void enginesOfTheJdk() throws Exception {
    talk(SslProvider.JDK);
  }

  @Test
  void enginesOfBoringSsl() throws Exception {
    assumeBoringSsl();
    talk(SslProvider.OPENSSL);
  }

  @Test
  void endOfOurOutputLeavesReadingToEnginesOfTheJdk() throws Exception {
    endOutputAndRead(SslProvider.JDK);
  }

  @Test
  void endOfOurOutputLeavesReadingToEnginesOfBoringSsl() throws Exception {
    assumeBoringSsl();
    endOutputAndRead(SslProvider.OPENSSL);
  }

  private static void assumeBoringSsl() {
    assumeTrue(OpenSsl.isAvailable(), () -> "no BoringSSL here: " + OpenSsl.unavailabilityCause());
  }
}
