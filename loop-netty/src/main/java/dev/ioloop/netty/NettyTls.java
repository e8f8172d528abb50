package dev.ioloop.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;

/** Uses Netty's TLS providers for ioloop's streams: BoringSSL if netty-tcnative is present. */
public final class NettyTls {
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

  private NettyTls() {}

  /**
   * Returns a supplier of engines of {@code context}, for {@code TCPServer} or, one at a time, for
   * {@code IOStream.startTls}. Safe to call from any thread.
   *
   * @param context a context for servers or clients, with the JDK's TLS provider or with {@code
   *     SslProvider.OPENSSL}, whose engines the garbage collector frees. Do not use {@code
   *     OPENSSL_REFCNT}: nothing would free its engines
   */
  public static Supplier<SSLEngine> engines(SslContext context) {
    Objects.requireNonNull(context, "context == null");
    return () -> context.newEngine(ByteBufAllocator.DEFAULT);
  }

  /**
   * As {@link #engines(Path, Path, Consumer)}, without further settings.
   *
   * @throws IOException as {@link #engines(Path, Path, Consumer)} does
   */
  public static Supplier<SSLEngine> engines(Path chain, Path key) throws IOException {
    return engines(chain, key, settings -> {});
  }

  /**
   * Returns a supplier of server engines whose certificate is in PEM files. The TLS provider is
   * BoringSSL if present, otherwise the JDK. Certificates can be replaced while the server runs: at
   * most once a second, a request for an engine compares the times, sizes and identities of the
   * files and reads changed ones again. Existing connections keep their certificate. If the files
   * cannot be read, or do not fit together because one of them is not replaced yet, the previous
   * certificate stays in use, and the files are tried again at the next check; a warning is logged
   * once per change. The same applies to a key that the TLS provider cannot use, such as an Ed25519
   * key with BoringSSL, and if {@code settings} throws.
   *
   * <p>The thread that asks for an engine reads the files, which takes some milliseconds per
   * change. Safe to call from any thread; {@code settings} may be called on any thread.
   *
   * @param chain the server's certificate, followed by the intermediate ones
   * @param key its private key, in PKCS #8 and without a password
   * @param settings receives the builder of each context before it is used, to set ALPN, client
   *     certificates or the TLS provider; not {@code OPENSSL_REFCNT}
   * @throws IOException if the certificate and key cannot be read now, or the TLS provider cannot
   *     use them
   */
  public static Supplier<SSLEngine> engines(
      Path chain, Path key, Consumer<SslContextBuilder> settings) throws IOException {
    Objects.requireNonNull(chain, "chain == null");
    Objects.requireNonNull(key, "key == null");
    Objects.requireNonNull(settings, "settings == null");
    return new PemEngines(chain, key, LOOK_INTERVAL, settings);
  }
}
