package dev.ioloop.netty.fuzz;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.moment;

import dev.ioloop.Future;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes the connections of one flavour, as users make them, or from channels of the JDK's. */
final class Connections implements AutoCloseable {

  /** One end: its stream and, where that stands on one, the channel. */
  record End(IOStream stream, @Nullable SocketChannel channel) {}

  private final Flavour flavour;
  private final @Nullable Path directory;
  private final TCPServer server;
  private final SocketAddress serverAddress;
  private final ServerSocketChannel jdkServer;
  private final TCPClient client = new TCPClient();
  private Future<IOStream> accepted = new Future<>();

  Connections(Flavour flavour) throws IOException {
    this.flavour = flavour;
    server = flavour.isTls() ? new TlsServer() : new PlainServer();
    if (flavour == Flavour.UNIX) {
      directory = Files.createTempDirectory("fuzz");
      serverAddress = server.listen(UnixDomainSocketAddress.of(directory.resolve("server")));
      jdkServer = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      jdkServer.bind(UnixDomainSocketAddress.of(directory.resolve("jdk")));
    } else {
      directory = null;
      InetAddress host = InetAddress.getLoopbackAddress();
      serverAddress = server.listen(new InetSocketAddress(host, 0));
      jdkServer = ServerSocketChannel.open();
      jdkServer.bind(new InetSocketAddress(host, 0));
    }
    jdkServer.configureBlocking(false);
  }

  private final class PlainServer extends TCPServer {
    @Override
    protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
      accepted.setResult(stream);
    }
  }

  private final class TlsServer extends TCPServer {
    TlsServer() {
      super(() -> flavour.engine(true));
    }

    @Override
    protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
      accepted.setResult(stream);
    }
  }

  /** Opens a connection. Returns the client's end, and then the server's. */
  End[] open(boolean jdkClient, boolean jdkAccepts) throws IOException {
    accepted = new Future<>();
    SocketAddress address = jdkAccepts ? jdkServer.getLocalAddress() : serverAddress;
    SocketChannel near = jdkClient ? SocketChannel.open(address) : null;
    Future<IOStream> connect;
    if (near != null) {
      near.configureBlocking(false);
      connect = secured(IOStream.of(near), false);
    } else if (flavour.isTls()) {
      InetSocketAddress internet = (InetSocketAddress) address;
      connect =
          client.connect(
              internet.getAddress().getHostAddress(), internet.getPort(), flavour.engine(false));
    } else {
      connect = client.connect(address);
    }
    SocketChannel far = null;
    Future<IOStream> accept = accepted;
    if (jdkAccepts) {
      while ((far = jdkServer.accept()) == null) {
        await(moment);
      }
      far.configureBlocking(false);
      accept = secured(IOStream.of(far), true);
    }
    return new End[] {new End(await(connect), near), new End(await(accept), far)};
  }

  private Future<IOStream> secured(IOStream plain, boolean forServer) {
    return flavour.isTls() ? plain.startTls(flavour.engine(forServer)) : Future.succeeded(plain);
  }

  @Override
  public void close() throws IOException {
    server.stop();
    client.close();
    jdkServer.close();
    if (directory != null) {
      Files.deleteIfExists(directory.resolve("jdk"));
      Files.deleteIfExists(directory.resolve("server"));
      Files.delete(directory);
    }
  }
}
