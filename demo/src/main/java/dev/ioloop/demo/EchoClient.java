package dev.ioloop.demo;

import static dev.ioloop.Gen.await;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.TCPClient;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.time.Duration;

/**
 * A client for {@link EchoServer}: sends the lines of standard input, one after the other, and
 * prints the answers. Reading standard input blocks, so an executor does it.
 *
 * <pre>echo hello | java -jar demo/target/ioloop-demo.jar echo-client --port 8888</pre>
 */
final class EchoClient {
  private static final int MAX_LINE = 64 * 1024;

  private EchoClient() {}

  static void run(String host, int port, InputStream input) {
    BufferedReader lines = new BufferedReader(new InputStreamReader(input, UTF_8));
    try (IOLoop loop = IOLoop.instance()) {
      loop.runMain(
          () -> {
            TCPClient client = new TCPClient().timeout(Duration.ofSeconds(10));
            try (IOStream stream = await(client.connect(host, port))) {
              String line;
              while ((line = await(loop.runInExecutor(lines::readLine))) != null) {
                stream.writeString(line + "\n");
                String answer = await(stream.readLine(MAX_LINE));
                if (answer == null) {
                  throw new EOFException("the server has closed the connection");
                }
                System.out.println(answer);
              }
            }
          });
    }
  }
}
