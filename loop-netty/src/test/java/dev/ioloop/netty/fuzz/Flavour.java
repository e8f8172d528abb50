package dev.ioloop.netty.fuzz;

import dev.ioloop.netty.NettyTls;
import dev.ioloop.tck.Certificates;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.KeyStore;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The kinds of connection. */
enum Flavour {
  TCP(null, SslProvider.JDK),
  UNIX(null, SslProvider.JDK),
  TLS12("TLSv1.2", SslProvider.JDK),
  TLS13("TLSv1.3", SslProvider.JDK),
  BORINGSSL12("TLSv1.2", SslProvider.OPENSSL),
  BORINGSSL13("TLSv1.3", SslProvider.OPENSSL);

  private final @Nullable String protocol;
  private final SslProvider provider;
  private @Nullable SslContext client;
  private @Nullable SslContext server;

  Flavour(@Nullable String protocol, SslProvider provider) {
    this.protocol = protocol;
    this.provider = provider;
  }

  boolean isAvailable() {
    return provider == SslProvider.JDK || OpenSsl.isAvailable();
  }

  boolean isTls() {
    return protocol != null;
  }

  /** Returns whether an end whose peer has ended its output can send no more either. */
  boolean answersByClosing() {
    return "TLSv1.2".equals(protocol) || provider == SslProvider.OPENSSL;
  }

  boolean isTls13() {
    return "TLSv1.3".equals(protocol);
  }

  /** Returns whether an end can send a reset by itself. */
  boolean canReset() {
    return this != UNIX;
  }

  /** Makes the certificates, which takes a while the first time. */
  synchronized void prepare() {
    if (isTls() && server == null) {
      makeContexts();
    }
  }

  SSLEngine engine(boolean forServer) {
    return NettyTls.engines(forServer ? server : client).get();
  }

  private void makeContexts() {
    KeyStore certificate = Certificates.localhost();
    try {
      server =
          SslContextBuilder.forServer(Certificates.keys(certificate))
              .sslProvider(provider)
              .protocols(protocol)
              .build();
      client =
          SslContextBuilder.forClient()
              .trustManager(Certificates.trust(certificate))
              .endpointIdentificationAlgorithm(null)
              .sslProvider(provider)
              .protocols(protocol)
              .build();
    } catch (SSLException e) {
      throw new IllegalStateException("no TLS context for " + this, e);
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
