package dev.ioloop.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Redis of a test's own, which keeps nothing. */
public final class RedisServer implements AutoCloseable {
  private final Process process;

  private RedisServer(Process process) {
    this.process = process;
  }

  /** Returns a port that nobody has now. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /**
   * Starts one and waits until it is ready. Skips the test if there is no redis-server here.
   *
   * @param password what clients have to know; empty for nothing
   */
  public static RedisServer start(int port, Path directory, String password) throws IOException {
    List<String> command = new ArrayList<>(List.of(Programs.find("redis-server").toString()));
    command.addAll(List.of("--port", "" + port, "--bind", "127.0.0.1", "--save", ""));
    if (!password.isEmpty()) {
      command.addAll(List.of("--requirepass", password));
    }
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    BufferedReader log = process.inputReader();
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      if (line.contains("Ready to accept connections")) {
        return new RedisServer(process);
      }
    }
    throw new IOException("redis-server ended early");
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
