package dev.ioloop.netty;

import static dev.ioloop.Gen.await;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.tck.Certificates;
import dev.ioloop.testing.ExpectLog;
import dev.ioloop.testing.FailOnUnexpectedLog;
import dev.ioloop.testing.StreamPair;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Certificates from PEM files, which are replaced while engines are made. */
@ExtendWith(FailOnUnexpectedLog.class)
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PemEnginesTest {
  private static final KeyStore FIRST = Certificates.localhost();
  private static final KeyStore SECOND = Certificates.names();

  @TempDir Path directory;
  private Path chain;
  private Path key;

  @BeforeEach
  void writeFirst() throws Exception {
    chain = directory.resolve("chain.pem");
    key = directory.resolve("key.pem");
    Certificates.writeChain(FIRST, chain);
    Certificates.writeKey(FIRST, key);
  }

  private Supplier<SSLEngine> engines(Consumer<SslContextBuilder> settings) throws IOException {
    return new PemEngines(chain, key, Duration.ZERO, settings);
  }

  /** Whether a client that trusts only {@code expected} accepts the next engine. */
  private static void assertShown(Supplier<SSLEngine> engines, KeyStore expected) throws Exception {
    SSLContext trusting = SSLContext.getInstance("TLS");
    trusting.init(null, Certificates.trust(expected).getTrustManagers(), null);
    try (IOLoop loop = IOLoop.create()) {
      loop.runSync(
          () -> {
            StreamPair pair = StreamPair.open();
            pair.right().startTls(engines.get());
            IOStream client = await(pair.left().startTls(false, trusting, "localhost"));
            client.close();
          });
    }
  }

  private void replacedCertificateIsShown(SslProvider provider) throws Exception {
    Supplier<SSLEngine> engines = engines(builder -> builder.sslProvider(provider));
    assertShown(engines, FIRST);
    Path moved = directory.resolve("new.pem");
    Certificates.writeChain(SECOND, moved);
    Files.move(moved, chain, StandardCopyOption.REPLACE_EXISTING);
    try (ExpectLog log = new ExpectLog("dev.ioloop", "not that of the certificate")) {
      assertShown(engines, FIRST); // half of it was replaced
      assertShown(engines, FIRST);
      log.assertCount(1);
    }
    Certificates.writeKey(SECOND, key);
    try (ExpectLog log = new ExpectLog("dev.ioloop", "reloaded from")) {
      assertShown(engines, SECOND);
    }
    Files.delete(chain);
    try (ExpectLog log = new ExpectLog("dev.ioloop", "cannot be used")) {
      assertShown(engines, SECOND);
    }
  }

  @Test
  void replacedCertificateIsShownByTheJdk() throws Exception {
    replacedCertificateIsShown(SslProvider.JDK);
  }

  @Test
  void replacedCertificateIsShownByBoringSsl() throws Exception {
    assumeTrue(OpenSsl.isAvailable(), () -> "no BoringSSL here: " + OpenSsl.unavailabilityCause());
    replacedCertificateIsShown(SslProvider.OPENSSL);
  }

  private void write(KeyStore store) throws IOException {
    Certificates.writeChain(store, chain);
    Certificates.writeKey(store, key);
  }

  private void keyOfAnotherKindIsShownByTheJdk(String algorithm) throws Exception {
    KeyStore store = Certificates.withKey(algorithm);
    write(store);
    assertShown(engines(builder -> builder.sslProvider(SslProvider.JDK)), store);
  }

  @Test
  void edwardsKeyIsShownByTheJdk() throws Exception {
    keyOfAnotherKindIsShownByTheJdk("Ed25519");
  }

  @Test
  void keyForPssAloneIsShownByTheJdk() throws Exception {
    keyOfAnotherKindIsShownByTheJdk("RSASSA-PSS");
  }

  @Test
  void keyThatBoringSslCannotUseIsRefused() throws Exception {
    assumeTrue(OpenSsl.isAvailable(), () -> "no BoringSSL here: " + OpenSsl.unavailabilityCause());
    Consumer<SslContextBuilder> settings = builder -> builder.sslProvider(SslProvider.OPENSSL);
    Supplier<SSLEngine> engines = engines(settings);
    write(Certificates.withKey("Ed25519"));
    assertThatThrownBy(() -> engines(settings))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot complete a handshake with the");
    try (ExpectLog log = new ExpectLog("dev.ioloop", "cannot complete a handshake with the")) {
      assertShown(engines, FIRST);
      log.assertCount(1);
    }
  }

  @Test
  void settingsThatThrowLeaveTheFormerFiles() throws Exception {
    boolean[] broken = new boolean[1];
    Consumer<SslContextBuilder> settings =
        builder -> {
          if (broken[0]) {
            throw new IllegalStateException("broken on purpose");
          }
          builder.sslProvider(SslProvider.JDK);
        };
    Supplier<SSLEngine> engines = engines(settings);
    write(SECOND);
    broken[0] = true;
    assertThatThrownBy(() -> engines(settings)).hasMessage("broken on purpose");
    try (ExpectLog log = new ExpectLog("dev.ioloop", "broken on purpose")) {
      assertShown(engines, FIRST);
      assertShown(engines, FIRST);
      log.assertCount(1);
    }
    broken[0] = false;
    try (ExpectLog log = new ExpectLog("dev.ioloop", "reloaded from")) {
      assertShown(engines, SECOND);
    }
  }

  @Test
  void whatCannotBeReadIsRefusedAtOnce() throws Exception {
    Files.writeString(key, "-----BEGIN RSA PRIVATE KEY-----");
    assertThatThrownBy(() -> NettyTls.engines(chain, key))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("PKCS #8");
    Files.delete(chain);
    assertThatThrownBy(() -> NettyTls.engines(chain, key)).isInstanceOf(IOException.class);
  }
}
