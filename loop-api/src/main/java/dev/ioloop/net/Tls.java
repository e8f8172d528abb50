package dev.ioloop.net;

import java.net.IDN;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** Creates engines for connections that were configured by an {@link SSLContext} only. */
final class Tls {
  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  private Tls() {}

  /** Returns a server engine for TLS 1.2 and newer. */
  static SSLEngine server(@Nullable SSLContext context) {
    SSLEngine engine = contextOrDefault(context).createSSLEngine();
    engine.setUseClientMode(false);
    engine.setSSLParameters(parameters(engine));
    return engine;
  }

  /**
   * Returns a client engine for TLS 1.2 and newer. It checks that the certificate belongs to {@code
   * host}, and sends that name to the server (SNI) if it is a name.
   *
   * @param port the port; host and port together are the key under which sessions are cached for
   *     resumption
   */
  static SSLEngine client(@Nullable SSLContext context, @Nullable String host, int port) {
    if (host == null || host.isEmpty()) {
      throw new IllegalArgumentException(
          "a TLS client must name the host it connects to, so that the certificate can be checked");
    }
    String checked = normalized(host);
    SSLEngine engine = contextOrDefault(context).createSSLEngine(checked, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = parameters(engine);
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setServerNames(serverNames(checked));
    engine.setSSLParameters(parameters);
    return engine;
  }

  private static SSLParameters parameters(SSLEngine engine) {
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(
        PROTOCOLS.stream()
            .filter(Arrays.asList(engine.getSupportedProtocols())::contains)
            .toArray(String[]::new));
    return parameters;
  }

  /**
   * Returns a host as certificates write it: an address without brackets and zone, or a name in
   * ASCII without the trailing dot. Anything else is returned unchanged; no certificate matches it.
   */
  private static String normalized(String host) {
    if (host.contains(":")) {
      boolean bracketed = host.startsWith("[") && host.endsWith("]");
      String address = bracketed ? host.substring(1, host.length() - 1) : host;
      int zone = address.indexOf('%');
      return zone < 0 ? address : address.substring(0, zone);
    }
    String name = ascii(host);
    return name.length() > 1 && name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /** Returns an international name in ASCII; an invalid name is returned unchanged. */
  static String ascii(String host) {
    try {
      return IDN.toASCII(host);
    } catch (IllegalArgumentException e) {
      return host;
    }
  }

  /** Returns the name for SNI; empty if the host is an address or not a valid name. */
  private static List<SNIServerName> serverNames(String host) {
    String lastLabel = host.substring(host.lastIndexOf('.') + 1);
    boolean address = host.contains(":") || lastLabel.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!address) {
      try {
        return List.of(new SNIHostName(host));
      } catch (IllegalArgumentException e) {
        // For instance a name with an underscore. Such a host can have a certificate, but not SNI.
      }
    }
    return List.of();
  }

  private static SSLContext contextOrDefault(@Nullable SSLContext context) {
    if (context != null) {
      return context;
    }
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no default SSLContext", e);
    }
  }
}
