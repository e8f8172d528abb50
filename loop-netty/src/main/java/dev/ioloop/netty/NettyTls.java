package dev.ioloop.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;

/** Lets the TLS of Netty serve ioloop's streams: BoringSSL where netty-tcnative is there. */
public final class NettyTls {
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
}
