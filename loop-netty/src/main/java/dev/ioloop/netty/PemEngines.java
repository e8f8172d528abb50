package dev.ioloop.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Supplies engines with the certificate that is currently in two PEM files. */
final class PemEngines implements Supplier<SSLEngine> {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

  /** For keys without their own parameters. */
  private static final PSSParameterSpec PSS =
      new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

  private final Path chain;
  private final Path key;
  private final Consumer<SslContextBuilder> settings;
  private final long intervalNanos;

  /**
   * Held by the one thread that checks the files; other threads use the current context meanwhile.
   */
  private final ReentrantLock looking = new ReentrantLock();

  private volatile SslContext context;
  private volatile long lastLook = System.nanoTime();

  // Guarded by looking.
  private String loaded;
  private @Nullable String refused;

  PemEngines(Path chain, Path key, Duration interval, Consumer<SslContextBuilder> settings)
      throws IOException {
    this.chain = chain;
    this.key = key;
    this.settings = settings;
    this.intervalNanos = interval.toNanos();
    loaded = state();
    try {
      context = load();
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("cannot read a certificate and key from " + files(), e);
    }
  }

  @Override
  public SSLEngine get() {
    if (System.nanoTime() - lastLook >= intervalNanos && looking.tryLock()) {
      try {
        lastLook = System.nanoTime();
        look();
      } finally {
        looking.unlock();
      }
    }
    return context.newEngine(ByteBufAllocator.DEFAULT);
  }

  /**
   * Reloads changed files. Files that do not fit together may be in the middle of a replacement.
   */
  private void look() {
    String state = "missing";
    try {
      state = state();
      if (!state.equals(loaded)) {
        context = load();
        loaded = state;
        refused = null;
        LOG.log(Level.INFO, "The certificate was reloaded from " + files());
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      if (!state.equals(refused)) {
        refused = state;
        LOG.log(
            Level.WARNING,
            "The files "
                + files()
                + " have changed and cannot be used; the previous certificate stays in use: "
                + e);
      }
    }
  }

  private String files() {
    return chain + " and " + key;
  }

  /** Returns a text that changes when one of the files is written or replaced. */
  private String state() throws IOException {
    return state(chain) + ", " + state(key);
  }

  private static String state(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
  }

  private SslContext load() throws IOException, GeneralSecurityException {
    X509Certificate[] certificates =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(chain)))
            .toArray(new X509Certificate[0]);
    if (certificates.length == 0) {
      throw new IOException("there is no certificate in " + chain);
    }
    PublicKey publicKey = certificates[0].getPublicKey();
    PrivateKey privateKey = privateKey(publicKey.getAlgorithm());
    if (!fit(privateKey, publicKey)) {
      throw new IOException("the key in " + key + " is not that of the certificate in " + chain);
    }
    SslContextBuilder builder =
        SslContextBuilder.forServer(privateKey, certificates)
            .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK);
    settings.accept(builder);
    SslContext made = builder.build();
    if (!publicKey.getAlgorithm().equals("RSA") && !publicKey.getAlgorithm().equals("EC")) {
      throwIfUnusable(made, publicKey.getAlgorithm());
    }
    return made;
  }

  /** Throws if the TLS provider has accepted a key but cannot sign a handshake with it. */
  private void throwIfUnusable(SslContext made, String algorithm) throws IOException {
    try {
      answerHello(made.newEngine(ByteBufAllocator.DEFAULT));
    } catch (SSLException e) {
      throw new IOException(
          "the TLS provider cannot complete a handshake with the " + algorithm + " key in " + key,
          e);
    }
  }

  /** Lets a server answer the first message of a client; it signs that answer. */
  private static void answerHello(SSLEngine server) throws SSLException {
    SSLEngine client =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .build()
            .newEngine(ByteBufAllocator.DEFAULT);
    ByteBuffer nothing = ByteBuffer.allocate(0);
    ByteBuffer hello = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
    client.wrap(nothing, hello);
    hello.flip();
    int size = server.getSession().getPacketBufferSize();
    server.beginHandshake();
    while (true) {
      switch (server.getHandshakeStatus()) {
        case NEED_TASK -> server.getDelegatedTask().run();
        case NEED_WRAP -> server.wrap(nothing, ByteBuffer.allocate(size));
        default -> {
          // After a task some engines continue only when they unwrap without input.
          boolean more = server.unwrap(hello, ByteBuffer.allocate(size)).bytesConsumed() > 0;
          HandshakeStatus next = server.getHandshakeStatus();
          if (!more && next != HandshakeStatus.NEED_TASK && next != HandshakeStatus.NEED_WRAP) {
            return;
          }
        }
      }
    }
  }

  private PrivateKey privateKey(String algorithm) throws IOException, GeneralSecurityException {
    Matcher pem = KEY.matcher(Files.readString(key, StandardCharsets.US_ASCII));
    if (!pem.find()) {
      throw new IOException(
          "there is no PKCS #8 key without a password in "
              + key
              + "; convert other keys with: openssl pkcs8 -topk8 -nodes");
    }
    byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }

  /** Returns whether the public key verifies what the private key has signed. */
  private static boolean fit(PrivateKey privateKey, PublicKey publicKey)
      throws GeneralSecurityException {
    String algorithm =
        switch (publicKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> publicKey.getAlgorithm();
        };
    Signature signature = Signature.getInstance(algorithm);
    if (algorithm.equals("RSASSA-PSS")) {
      AlgorithmParameterSpec parameters = ((RSAKey) publicKey).getParams();
      signature.setParameter(parameters == null ? PSS : parameters);
    }
    signature.initSign(privateKey);
    signature.update((byte) 1); // On JDK 17 an empty EdDSA message never verifies.
    byte[] signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update((byte) 1);
    return signature.verify(signed);
  }
}
