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

/** Lets the TLS of Netty serve ioloop's streams: BoringSSL where netty-tcnative is there. */
public final class NettyTls {
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

  private NettyTls() {}

  /**
   * Returns what makes the engines of {@code context}, for {@code TCPServer} or, one at a time, for
   * {@code IOStream.startTls}. Safe to call from any thread.
   *
   * @param context for servers or for clients, with the JDK's provider or with {@code
   *     SslProvider.OPENSSL}, whose engines the garbage collector frees; those of {@code
   *     OPENSSL_REFCNT} nobody would free
   */
  public static Supplier<SSLEngine> engines(SslContext context) {
    Objects.requireNonNull(context, "context == null");
    return () -> context.newEngine(ByteBufAllocator.DEFAULT);
  }

  /**
   * As {@link #engines(Path, Path, Consumer)}, without further settings.
   *
   * @throws IOException if no certificate and key can be read
   */
  public static Supplier<SSLEngine> engines(Path chain, Path key) throws IOException {
    return engines(chain, key, settings -> {});
  }

  /**
   * Returns what makes the engines of a server whose certificate is in PEM files, by BoringSSL
   * where that is there and else by the JDK. Certificates can be replaced while the server runs:
   * when an engine is wanted, and at most once a second, the times, sizes and identities of the
   * files are compared, and changed ones are read anew. Connections that exist keep what they have.
   * Files that cannot be read, or do not fit together because one of them was not replaced yet, are
   * left for the next look; a warning says so, once for each change, and the former go on. The same
   * is true of a key that the TLS provider cannot use, such as an Ed25519 key with BoringSSL, and
   * where {@code settings} throws.
   *
   * <p>The files are read by the thread that asks for an engine, which takes some milliseconds for
   * each change. Safe to call from any thread; {@code settings} may be called on any.
   *
   * @param chain the server's certificate and those of the authorities between, in this order
   * @param key its key, in PKCS #8 and without a password
   * @param settings is given the builder of each context before it is used, to set ALPN, client
   *     certificates or the provider; not {@code OPENSSL_REFCNT}
   * @throws IOException if no certificate and key can be read now, or the TLS provider cannot use
   *     them
   */
  public static Supplier<SSLEngine> engines(
      Path chain, Path key, Consumer<SslContextBuilder> settings) throws IOException {
    Objects.requireNonNull(chain, "chain == null");
    Objects.requireNonNull(key, "key == null");
    Objects.requireNonNull(settings, "settings == null");
    return new PemEngines(chain, key, LOOK_INTERVAL, settings);
  }
}
