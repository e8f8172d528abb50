package dev.ioloop.tck;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates for tests, made by the JDK's keytool when first needed, and contexts with them. */
public final class Certificates {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final Map<List<String>, KeyStore> STORES = new ConcurrentHashMap<>();

  private Certificates() {}

  /**
   * Returns a key and a certificate, of an authority made for it, for "localhost" and 127.0.0.1.
   */
  public static KeyStore localhost() {
    return store("-ext", "san=dns:localhost,ip:127.0.0.1");
  }

  /** Returns a certificate for another host. */
  static KeyStore otherHost() {
    return store("-ext", "san=dns:other.example");
  }

  /** Returns an expired certificate for this host. */
  static KeyStore expired() {
    return store("-ext", "san=dns:localhost,ip:127.0.0.1", "-startdate", "-10d", "-validity", "2");
  }

  /** Returns a certificate for names and addresses of all kinds. */
  public static KeyStore names() {
    return store(
        "-ext",
        "san=dns:localhost,dns:web01,dns:a-1,dns:1.2.3.four,dns:xn--bcher-kva.example,"
            + "ip:127.0.0.1,ip:0:0:0:0:0:0:0:1,ip:fe80:0:0:0:0:0:0:1");
  }

  /** Returns a key of another kind than EC, for "localhost". */
  public static KeyStore withKey(String algorithm) {
    return store("-ext", "san=dns:localhost", "-keyalg", algorithm);
  }

  private static KeyStore store(String... options) {
    return STORES.computeIfAbsent(List.of(options), Certificates::make);
  }

  private static KeyStore make(List<String> options) {
    try {
      Path directory = Files.createTempDirectory("certificates");
      Path file = directory.resolve("store.p12");
      try {
        keytool(file, "ca", List.of("-ext", "bc=ca:true"));
        List<String> signed = new ArrayList<>(options);
        signed.addAll(List.of("-signer", "ca"));
        keytool(file, "test", signed);
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
          store.load(in, PASSWORD);
        }
        Certificate authority = store.getCertificate("ca");
        store.deleteEntry("ca");
        store.setCertificateEntry("ca", authority);
        return store;
      } finally {
        Files.deleteIfExists(file);
        Files.delete(directory);
      }
    } catch (IOException | GeneralSecurityException | InterruptedException e) {
      throw new IllegalStateException("no certificate could be made", e);
    }
  }

  private static void keytool(Path file, String alias, List<String> options)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-dname",
                "CN=" + alias,
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString()));
    command.addAll(options);
    if (!options.contains("-keyalg")) {
      command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
    }
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes());
    if (keytool.waitFor() != 0) {
      throw new IllegalStateException("keytool failed: " + output);
    }
  }

  /** Returns a key manager that presents the key and the certificate of {@code own}. */
  public static KeyManagerFactory keys(KeyStore own) {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, PASSWORD);
      return keys;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no key could be used", e);
    }
  }

  /** Writes the certificate of {@code own}, and that of its authority, to a PEM file. */
  public static void writeChain(KeyStore own, Path file) throws IOException {
    try {
      StringBuilder pem = new StringBuilder();
      for (Certificate certificate : own.getCertificateChain("test")) {
        pem.append(pem("CERTIFICATE", certificate.getEncoded()));
      }
      Files.writeString(file, pem);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no certificate could be written", e);
    }
  }

  /** Writes the key of {@code own} to a PEM file. */
  public static void writeKey(KeyStore own, Path file) throws IOException {
    try {
      Files.writeString(file, pem("PRIVATE KEY", own.getKey("test", PASSWORD).getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no key could be written", e);
    }
  }

  private static String pem(String type, byte[] encoded) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    return "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n";
  }

  /** Returns a trust manager for the authority of {@code other}. */
  public static TrustManagerFactory trust(KeyStore other) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("trusted", other.getCertificate("ca"));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      return trust;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("no certificate could be trusted", e);
    }
  }

  /** Returns a context with the key of {@code own} that trusts the authority of {@code other}. */
  static SSLContext context(KeyStore own, KeyStore other) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(own).getKeyManagers(), trust(other).getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no context could be made", e);
    }
  }
}
