package dev.ioloop.net;

import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** Makes the engines of connections whose user has given a context only. */
final class Tls {
  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  private Tls() {}

  /**
   * Returns an engine for TLS 1.2 and newer that checks the peer's host name on the client side.
   */
  static SSLEngine engine(
      boolean serverSide, @Nullable SSLContext context, @Nullable String serverHostname) {
    if (!serverSide && (serverHostname == null || serverHostname.isEmpty())) {
      throw new IllegalArgumentException(
          "a TLS client has to name the host that it means to talk to, to check its certificate");
    }
    SSLContext used = context != null ? context : defaultContext();
    SSLEngine engine =
        serverSide ? used.createSSLEngine() : used.createSSLEngine(serverHostname, 0);
    engine.setUseClientMode(!serverSide);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(
        PROTOCOLS.stream()
            .filter(Arrays.asList(engine.getSupportedProtocols())::contains)
            .toArray(String[]::new));
    if (!serverSide) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      if (isName(serverHostname)) {
        parameters.setServerNames(List.of(new SNIHostName(serverHostname)));
      }
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** Whether it is no address: those are not sent as the name of the server. */
  private static boolean isName(String host) {
    return !host.contains(":") && !Character.isDigit(host.charAt(host.length() - 1));
  }

  private static SSLContext defaultContext() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no default SSLContext", e);
    }
  }
}
