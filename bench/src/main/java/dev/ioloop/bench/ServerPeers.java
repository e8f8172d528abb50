package dev.ioloop.bench;

import static dev.ioloop.Gen.await;

import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.net.TCPServer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetServer;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The compared echo servers, each written idiomatically, on one thread. Each sends back the bytes
 * of one read.
 */
final class ServerPeers {
  private static final int CHUNK = 64 * 1024;
  private static final String HOST = "127.0.0.1";
  private static final int PATIENCE_SECONDS = 20;

  static final List<String> ECHO =
      List.of(
          "ioloop-epoll",
          "ioloop-epoll-buffer",
          "ioloop-epoll-callback",
          "ioloop-io_uring",
          "ioloop-nio",
          "netty-epoll",
          "netty-io_uring",
          "netty-nio",
          "vertx",
          "virtual-threads",
          "c-epoll");

  private ServerPeers() {}

  /**
   * Starts the server of a peer.
   *
   * @return its port
   * @throws IllegalStateException if it cannot run here, with the reason
   */
  static int open(String peer) throws Exception {
    return switch (peer) {
      case "ioloop-epoll" -> ioloop("epoll", new Coroutines());
      case "ioloop-epoll-buffer" -> ioloop("epoll", new Buffers());
      case "ioloop-epoll-callback" -> ioloop("epoll", new Callbacks());
      case "ioloop-io_uring" -> ioloop("io_uring", new Coroutines());
      case "ioloop-nio" -> ioloop("nio", new Coroutines());
      case "netty-epoll" -> {
        Epoll.ensureAvailability();
        yield netty(EpollIoHandler.newFactory(), EpollServerSocketChannel.class, new Echo());
      }
      case "netty-io_uring" -> {
        IoUring.ensureAvailability();
        yield netty(IoUringIoHandler.newFactory(), IoUringServerSocketChannel.class, new Echo());
      }
      case "netty-nio" ->
          netty(NioIoHandler.newFactory(), NioServerSocketChannel.class, new Echo());
      case "vertx" -> vertx();
      case "virtual-threads" -> virtualThreads();
      case "http-callback",
          "http-coroutine",
          "http-await-callback",
          "http-await-coroutine",
          "http-virtual-thread" -> {
        Epoll.ensureAvailability();
        yield netty(
            EpollIoHandler.newFactory(), EpollServerSocketChannel.class, HttpPeers.pipeline(peer));
      }
      default -> throw LoopBenchmark.unknown(peer);
    };
  }

  private static int ioloop(String backend, TCPServer server) throws Exception {
    CompletableFuture<SocketAddress> address = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try (IOLoop loop = IOLoop.create(backend)) {
                loop.makeCurrent();
                address.complete(server.listen(0, HOST));
                loop.start();
              } catch (IOException | RuntimeException e) {
                address.completeExceptionally(e);
              }
            },
            "ioloop");
    thread.setDaemon(true);
    thread.start();
    return ((InetSocketAddress) address.join()).getPort();
  }

  /** A coroutine for each connection, and an array for each read. */
  private static final class Coroutines extends TCPServer {
    @Override
    protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
      while (true) {
        await(stream.write(await(stream.readBytes(CHUNK, true))));
      }
    }
  }

  /** A coroutine and a buffer for each connection. */
  private static final class Buffers extends TCPServer {
    @Override
    protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
      while (true) {
        await(stream.readInto(buffer.clear(), true));
        await(stream.write(buffer.flip()));
      }
    }
  }

  /** No coroutine after the first read. */
  private static final class Callbacks extends TCPServer {
    @Override
    protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
      read(stream);
    }

    private static void read(IOStream stream) {
      IOLoop.current()
          .addFuture(
              stream.readBytes(CHUNK, true),
              read -> {
                if (read.exception() == null) {
                  write(stream, read.result());
                }
              });
    }

    private static void write(IOStream stream, byte[] data) {
      try {
        IOLoop.current()
            .addFuture(
                stream.write(data),
                written -> {
                  if (written.exception() == null) {
                    read(stream);
                  }
                });
      } catch (StreamClosedException e) {
        // The peer has gone.
      }
    }
  }

  private static int netty(
      IoHandlerFactory factory, Class<? extends ServerChannel> channel, ChannelHandler handler)
      throws InterruptedException {
    SocketAddress address =
        new ServerBootstrap()
            .group(new MultiThreadIoEventLoopGroup(1, factory))
            .channel(channel)
            .childHandler(handler)
            .bind(HOST, 0)
            .sync()
            .channel()
            .localAddress();
    return ((InetSocketAddress) address).getPort();
  }

  @Sharable
  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      context.write(message, context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  private static int vertx() throws Exception {
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
    if (!vertx.isNativeTransportEnabled()) {
      throw new IllegalStateException("Vert.x finds no native transport");
    }
    NetServer server =
        vertx.createNetServer().connectHandler(socket -> socket.handler(socket::write));
    return server
        .listen(0, HOST)
        .toCompletionStage()
        .toCompletableFuture()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .actualPort();
  }

  private static int virtualThreads() throws IOException {
    ExecutorService executor = newVirtualThreadPerTaskExecutor();
    ServerSocket server = new ServerSocket(0, 1024, InetAddress.getByName(HOST));
    executor.execute(
        () -> {
          while (true) {
            try {
              Socket socket = server.accept();
              socket.setTcpNoDelay(true);
              executor.execute(() -> echo(socket));
            } catch (IOException e) {
              return;
            }
          }
        });
    return server.getLocalPort();
  }

  private static void echo(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      // The peer has gone.
    }
  }

  // The benchmarks are compiled for JDK 17.
  static ExecutorService newVirtualThreadPerTaskExecutor() {
    try {
      return (ExecutorService)
          MethodHandles.publicLookup()
              .findStatic(
                  Executors.class,
                  "newVirtualThreadPerTaskExecutor",
                  MethodType.methodType(ExecutorService.class))
              .invoke();
    } catch (Throwable e) {
      throw new IllegalStateException("virtual threads need JDK 21", e);
    }
  }
}
