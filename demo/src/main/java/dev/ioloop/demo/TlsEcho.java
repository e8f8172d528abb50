package dev.ioloop.demo;

import static dev.ioloop.Gen.await;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.netty.NettyTls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * {@link EchoServer} with TLS. Its certificate is in PEM files, which may be replaced while it
 * runs. Without them it makes a certificate of its own, which no client trusts by default.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar tls-echo --port 8443
 * openssl s_client -quiet -connect 127.0.0.1:8443</pre>
 */
final class TlsEcho {
  private static final String PASSWORD = "changeit";

  private TlsEcho() {}

  /**
   * Serves until the process is told to end.
   *
   * @param chain and {@code key} are PEM files; null to make a certificate
   */
  static void run(String host, int port, Duration idle, @Nullable Path chain, @Nullable Path key) {
    if ((chain == null) != (key == null)) {
      throw new IllegalArgumentException("--chain and --key must be given together");
    }
    try (IOLoop loop = IOLoop.instance()) {
      loop.runMain(
          () -> {
            EchoServer server =
                chain == null
                    ? new EchoServer(context(), idle)
                    : new EchoServer(NettyTls.engines(chain, key), idle);
            System.out.println("listening on " + Addresses.text(server.listen(port, host)));
            await(new Future<>());
          });
    }
  }

  /** Returns a context with a new key and its self-signed certificate, made by keytool. */
  static SSLContext context() throws IOException, GeneralSecurityException, InterruptedException {
    Path directory = Files.createTempDirectory("tls-echo");
    Path file = directory.resolve("store.p12");
    try {
      String command =
          "keytool -genkeypair -alias tls-echo -keyalg EC -groupname secp256r1 -dname CN=localhost"
              + " -ext san=dns:localhost,ip:127.0.0.1 -storetype PKCS12 -storepass "
              + PASSWORD
              + " -keystore "
              + file;
      ProcessBuilder keytool = new ProcessBuilder(command.split(" "));
      keytool
          .command()
          .set(0, Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
      if (keytool.redirectErrorStream(true).start().waitFor() != 0) {
        throw new IOException("keytool could not make a certificate");
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(file)) {
        store.load(in, PASSWORD.toCharArray());
      }
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, PASSWORD.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } finally {
      Files.deleteIfExists(file);
      Files.delete(directory);
    }
  }
}
