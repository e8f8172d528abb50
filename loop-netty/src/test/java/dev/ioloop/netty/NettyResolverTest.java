package dev.ioloop.netty;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import dev.ioloop.tck.LoopContract;
import dev.ioloop.tck.OnEachGenerator;
import dev.ioloop.testing.VirtualTimePoller;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Names that a DNS server of the test knows. */
class NettyResolverTest {

  /** Knows that "here.test" is 127.0.0.1, and no other name; says nothing about "silent.test". */
  private static final class DnsServer implements AutoCloseable {
    private static final int HEADER = 12;
    private static final short TYPE_A = 1;
    private static final short ANSWER = (short) 0x8180;
    private static final short NO_SUCH_NAME = (short) 0x8183;

    private final DatagramSocket socket;
    private final Thread thread = new Thread(this::serve, "dns");

    DnsServer() throws IOException {
      socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
      thread.start();
    }

    InetSocketAddress address() {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private void serve() {
      byte[] bytes = new byte[512];
      DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
      while (!socket.isClosed()) {
        try {
          packet.setLength(bytes.length);
          socket.receive(packet);
          answer(packet);
        } catch (IOException e) {
          if (!socket.isClosed()) {
            throw new UncheckedIOException(e);
          }
        }
      }
    }

    private void answer(DatagramPacket packet) throws IOException {
      byte[] bytes = packet.getData();
      int end = HEADER;
      StringBuilder name = new StringBuilder();
      while (bytes[end] != 0) {
        name.append(new String(bytes, end + 1, bytes[end], US_ASCII)).append('.');
        end += bytes[end] + 1;
      }
      end++;
      if (name.toString().equals("silent.test.")) {
        return;
      }
      boolean known = name.toString().equals("here.test.");
      boolean wantsIPv4 = ByteBuffer.wrap(bytes).getShort(end) == TYPE_A;
      end += 4;
      ByteBuffer answer = ByteBuffer.allocate(512);
      answer.putShort(ByteBuffer.wrap(bytes).getShort(0));
      answer.putShort(known ? ANSWER : NO_SUCH_NAME);
      answer.putShort((short) 1).putShort((short) (known && wantsIPv4 ? 1 : 0)).putInt(0);
      answer.put(bytes, HEADER, end - HEADER);
      if (known && wantsIPv4) {
        answer.putShort((short) 0xc00c).putShort(TYPE_A).putShort((short) 1).putInt(60);
        answer.putShort((short) 4).put(new byte[] {127, 0, 0, 1});
      }
      socket.send(new DatagramPacket(answer.array(), answer.position(), packet.getSocketAddress()));
    }

    @Override
    public void close() throws InterruptedException {
      socket.close();
      thread.join();
    }
  }

  @OnEachGenerator
  abstract static class Contract extends LoopContract {
    private DnsServer server;
    private NettyResolver resolver;

    @BeforeEach
    void open() throws IOException {
      server = new DnsServer();
      resolver =
          new NettyResolver(
              builder ->
                  builder.nameServerProvider(
                      new SingletonDnsServerAddressStreamProvider(server.address())));
    }

    @AfterEach
    void close() throws InterruptedException {
      resolver.close();
      server.close();
    }

    @Test
    void nameIsLookedUpOnTheLoop() {
      List<InetAddress> addresses = loop.runSync(() -> await(resolver.resolve(loop, "here.test")));
      assertThat(addresses).extracting(InetAddress::getHostAddress).containsExactly("127.0.0.1");
      assertThat(addresses).extracting(InetAddress::getHostName).containsExactly("here.test");
    }

    @Test
    void clientConnectsByName() {
      loop.runSync(
          () -> {
            Future<IOStream> accepted = new Future<>();
            TCPServer tcp =
                new TCPServer() {
                  @Override
                  protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
                    accepted.setResult(stream);
                  }
                };
            int port = ((InetSocketAddress) tcp.listen(0, "127.0.0.1")).getPort();
            IOStream stream = await(new TCPClient(resolver).connect("here.test", port));
            await(accepted).close();
            stream.close();
            tcp.stop();
          });
    }

    @Test
    void unknownNameIsAnError() {
      assertThatThrownBy(() -> loop.runSync(() -> await(resolver.resolve(loop, "nowhere.test"))))
          .isInstanceOf(UnknownHostException.class)
          .hasMessageContaining("nowhere.test");
    }

    @Test
    void lookUpIsCancelled() {
      loop.runSync(
          () -> {
            Future<List<InetAddress>> look =
                coroutine(() -> await(resolver.resolve(loop, "silent.test")));
            look.cancel(true);
            assertThatThrownBy(() -> await(look)).isInstanceOf(CancellationException.class);
          });
    }

    @Test
    void closedResolverRefuses() {
      resolver.close();
      assertThatThrownBy(() -> resolver.resolve(loop, "here.test"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("closed");
    }
  }

  @Nested
  class Epoll extends Contract {
    @BeforeAll
    static void skipWhereThereIsNone() {
      Pollers.assumeAvailable(new EpollProvider());
    }

    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class IoUring extends Contract {
    @BeforeAll
    static void skipWhereThereIsNone() {
      Pollers.assumeAvailable(new IoUringProvider());
    }

    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("io_uring");
    }
  }

  @Test
  void loopWithoutNettyCannotResolveSo() {
    try (IOLoop loop = IOLoop.create("virtual", new VirtualTimePoller());
        NettyResolver resolver = new NettyResolver()) {
      assertThatThrownBy(() -> resolver.resolve(loop, "here.test"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("virtual");
    }
  }
}
