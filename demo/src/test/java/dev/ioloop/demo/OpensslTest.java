package dev.ioloop.demo;

import static dev.ioloop.Gen.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.TCPClient;
import dev.ioloop.netty.NettyTls;
import dev.ioloop.tck.Certificates;
import dev.ioloop.testing.FailOnUnexpectedLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** TLS with OpenSSL at the other end, as a client and as a server. */
@ExtendWith(FailOnUnexpectedLog.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class OpensslTest {
  private static final List<String> VERSIONS = List.of("-tls1_3", "-tls1_2");

  private final KeyStore certificate = Certificates.localhost();
  private final List<Process> started = new ArrayList<>();

  @TempDir Path directory;
  private Path chain;
  private Path key;

  @BeforeEach
  void writeFiles() throws IOException {
    chain = directory.resolve("chain.pem");
    key = directory.resolve("key.pem");
    Certificates.writeChain(certificate, chain);
    Certificates.writeKey(certificate, key);
  }

  @AfterEach
  void endPrograms() {
    started.forEach(Process::destroyForcibly);
  }

  private Process openssl(List<String> options) throws IOException {
    List<String> command = new ArrayList<>(List.of(Programs.find("openssl").toString()));
    command.addAll(options);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    started.add(process);
    return process;
  }

  @Test
  void opensslIsAClient() {
    Programs.find("openssl");
    for (String version : VERSIONS) {
      try (IOLoop loop = IOLoop.create()) {
        loop.runSync(
            () -> {
              EchoServer server =
                  new EchoServer(NettyTls.engines(chain, key), Duration.ofSeconds(60));
              int port = ((InetSocketAddress) server.listen(0, "127.0.0.1")).getPort();
              Process client =
                  openssl(
                      List.of(
                          "s_client",
                          "-connect",
                          "127.0.0.1:" + port,
                          "-CAfile",
                          chain.toString(),
                          "-verify_return_error",
                          "-verify_hostname",
                          "localhost",
                          "-quiet",
                          version));
              String echoed =
                  await(
                      loop.runInExecutor(
                          () -> {
                            client.getOutputStream().write("hello\n".getBytes(UTF_8));
                            client.getOutputStream().flush();
                            return client.inputReader().readLine();
                          }));
              assertThat(echoed).isEqualTo("hello");
              client.destroy();
              await(server.shutdown(Duration.ofSeconds(5)));
            });
      }
    }
  }

  @Test
  void opensslIsAServer() throws Exception {
    Programs.find("openssl");
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, Certificates.trust(certificate).getTrustManagers(), null);
    for (String version : VERSIONS) {
      Process server =
          openssl(
              List.of(
                  "s_server",
                  "-accept",
                  "127.0.0.1:0",
                  "-cert",
                  chain.toString(),
                  "-key",
                  key.toString(),
                  "-rev", // sends back each line, reversed
                  version));
      int port = port(new BufferedReader(new InputStreamReader(server.getInputStream(), UTF_8)));
      try (IOLoop loop = IOLoop.create()) {
        loop.runSync(
            () -> {
              IOStream stream = await(new TCPClient().connect("127.0.0.1", port, context));
              stream.write("hello\n".getBytes(UTF_8));
              byte[] line = await(stream.readUntil(new byte[] {'\n'}));
              assertThat(new String(line, UTF_8)).isEqualTo("olleh\n");
              stream.close();
            });
      }
    }
  }

  private static int port(BufferedReader output) throws IOException {
    Pattern pattern = Pattern.compile("ACCEPT .*:(\\d+)");
    String line;
    while ((line = output.readLine()) != null) {
      Matcher found = pattern.matcher(line);
      if (found.find()) {
        return Integer.parseInt(found.group(1));
      }
    }
    throw new IOException("openssl s_server has ended");
  }
}
