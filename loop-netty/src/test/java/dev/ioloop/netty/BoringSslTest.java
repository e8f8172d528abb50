package dev.ioloop.netty;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.Certificates;
import dev.ioloop.tck.TlsEndContract;
import dev.ioloop.tck.TlsEngines;
import dev.ioloop.tck.TlsProviderContract;
import dev.ioloop.tck.TlsRationContract;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Nested;

/** The contracts of TLS with BoringSSL's engines. */
final class BoringSslTest {
  private static final Map<String, SslContext> CONTEXTS = new HashMap<>();

  private static synchronized SSLEngine engine(
      boolean server, String protocol, boolean clientCertificate, String... alpn)
      throws SSLException {
    assumeTrue(OpenSsl.isAvailable(), () -> "no BoringSSL here: " + OpenSsl.unavailabilityCause());
    String key = server + protocol + clientCertificate + List.of(alpn);
    SslContext context = CONTEXTS.get(key);
    if (context == null) {
      context = context(server, protocol, clientCertificate, alpn);
      CONTEXTS.put(key, context);
    }
    return NettyTls.engines(context).get();
  }

  private static SslContext context(
      boolean server, String protocol, boolean clientCertificate, String... alpn)
      throws SSLException {
    var own = Certificates.localhost();
    SslContextBuilder builder =
        server
            ? SslContextBuilder.forServer(Certificates.keys(own))
                .clientAuth(clientCertificate ? ClientAuth.REQUIRE : ClientAuth.NONE)
            : SslContextBuilder.forClient()
                .keyManager(Certificates.keys(own))
                .endpointIdentificationAlgorithm(null);
    builder
        .sslProvider(SslProvider.OPENSSL)
        .trustManager(Certificates.trust(own))
        .protocols(protocol);
    if (alpn.length > 0) {
      builder.applicationProtocolConfig(
          new ApplicationProtocolConfig(
              Protocol.ALPN,
              SelectorFailureBehavior.NO_ADVERTISE,
              SelectedListenerFailureBehavior.ACCEPT,
              alpn));
    }
    SslContext context = builder.build();
    if (server) {
      // Netty has BoringSSL make tickets only with keys that were set.
      byte[] part = new byte[16];
      ((OpenSslSessionContext) context.sessionContext())
          .setTicketKeys(new OpenSslSessionTicketKey(part, part, part));
    }
    return context;
  }

  private static SSLEngine engine(boolean server, TlsEngines.Settings settings)
      throws SSLException {
    return engine(server, settings.protocol(), settings.clientCertificate(), settings.alpn());
  }

  @Nested
  class End extends TlsEndContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create();
    }

    @Override
    protected SSLEngine newEngine(boolean server, Settings settings) throws SSLException {
      return engine(server, settings);
    }
  }

  @Nested
  class Provider extends TlsProviderContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create();
    }

    @Override
    protected SSLEngine newEngine(boolean server, Settings settings) throws SSLException {
      return engine(server, settings);
    }
  }

  @Nested
  class Ration extends TlsRationContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create();
    }

    @Override
    protected SSLEngine newEngine(boolean server, Settings settings) throws SSLException {
      return engine(server, settings);
    }

    @Override
    protected boolean answersKeyUpdatesAtOnce() {
      return false;
    }
  }
}
