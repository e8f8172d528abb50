package dev.ioloop.nio;

import static dev.ioloop.Gen.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A server that runs out of descriptors, in a JVM that has logged nothing before. */
@DisabledOnOs(OS.WINDOWS)
final class DescriptorsTest {

  private static final int LIMIT = 74;
  private static final int CLIENTS = 100;

  /** The child: sends back each byte. What it logs goes to its standard output. */
  static final class Server extends TCPServer {
    public static void main(String[] args) throws Exception {
      System.setErr(System.out);
      IOLoop.create("nio")
          .runSync(
              () -> {
                SocketAddress address = new Server().listen(0, "127.0.0.1");
                loadClasses(address);
                System.out.println(((InetSocketAddress) address).getPort());
                await(new Future<>());
              });
    }

    // From a directory they cannot be loaded without a descriptor, as they can from a jar.
    private static void loadClasses(SocketAddress address) {
      IOStream stream = await(new TCPClient().connect(address));
      stream.write(new byte[1]);
      await(stream.readBytes(1));
      stream.close();
    }

    @Override
    protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
      while (true) {
        await(stream.write(await(stream.readBytes(1, true))));
      }
    }
  }

  @Test
  @Timeout(30)
  void serverSaysSoWithoutAStackAndAcceptsAgainWhenThereAreSome() throws Exception {
    try (ChildJvm child = ChildJvm.startWithDescriptors(LIMIT, Server.class)) {
      int port = Integer.parseInt(child.readLine());
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Socket client = new Socket("127.0.0.1", port);
        client.setSoTimeout(20_000);
        clients.add(client);
        if (i == 0) {
          assertEchoes(client); // Later the JVM has no descriptor to load a class with.
        }
      }
      String line = child.readLine();
      while (!line.contains("Cannot accept connections on /127.0.0.1:" + port)) {
        line = child.readLine();
      }
      assertThat(line).contains("Too many open files");
      for (int i = 0; i < LIMIT; i++) {
        clients.remove(0).close();
      }
      clients.add(new Socket("127.0.0.1", port));
      for (Socket client : clients) {
        assertEchoes(client);
        client.close();
      }
      child.signal("KILL");
      for (String more : child.readAll()) {
        assertThat(more).doesNotContain("Exception in").doesNotContain("\tat ");
      }
    }
  }

  private static void assertEchoes(Socket client) throws IOException {
    client.getOutputStream().write(7);
    assertThat(client.getInputStream().read()).isEqualTo(7);
  }
}
