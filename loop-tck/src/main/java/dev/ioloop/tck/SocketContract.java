package dev.ioloop.tck;

import static dev.ioloop.testing.Testing.expectLog;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.ioloop.IOHandler;
import dev.ioloop.IOLoop;
import dev.ioloop.testing.ExpectLog;
import dev.ioloop.testing.Testing;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Handlers in the system's awkward cases: connecting, ends of data, closed channels, interrupts.
 */
public abstract class SocketContract extends ChannelContract {

  /** Made by subclasses. */
  protected SocketContract() {}

  @Test
  void connectionIsReportedAsReadinessToWrite() throws IOException {
    ServerSocketChannel server = closedAfterwards(Testing.bindUnusedPort());
    SocketChannel socket = closedAfterwards(SocketChannel.open());
    socket.configureBlocking(false);
    socket.connect(server.getLocalAddress());
    loop.addHandler(
        socket,
        ready -> {
          events.add((ready & IOLoop.WRITE) != 0);
          events.add(socket.finishConnect());
          finish(socket);
        },
        IOLoop.WRITE);
    loop.start();
    assertThat(events).containsExactly(true, true);
  }

  @Test
  void connectedSocketIsReportedForWhatItIsWatchedForAfterwards() throws IOException {
    ServerSocketChannel server = closedAfterwards(Testing.bindUnusedPort());
    SocketChannel socket = closedAfterwards(SocketChannel.open());
    socket.configureBlocking(false);
    socket.connect(server.getLocalAddress());
    loop.addHandler(
        socket,
        ready -> {
          if (!socket.isConnected()) {
            socket.finishConnect();
            events.add("connected");
            SocketChannel accepted = closedAfterwards(server.accept());
            write(accepted, "data");
            loop.updateHandler(socket, IOLoop.READ);
          } else {
            events.add(ready);
            events.add(read(socket));
            finish(socket);
          }
        },
        IOLoop.WRITE);
    loop.start();
    assertThat(events).containsExactly("connected", IOLoop.READ, "data");
  }

  // On NIO the two are different events: one turns into the other.
  @Test
  void connectedSocketIsReportedForWritingWithoutAnUpdate() throws IOException {
    ServerSocketChannel server = closedAfterwards(Testing.bindUnusedPort());
    SocketChannel socket = closedAfterwards(SocketChannel.open());
    socket.configureBlocking(false);
    socket.connect(server.getLocalAddress());
    loop.addHandler(
        socket,
        ready -> {
          if (!socket.isConnected()) {
            events.add(socket.finishConnect());
          } else {
            events.add(ready);
            finish(socket);
          }
        },
        IOLoop.WRITE);
    loop.start();
    assertThat(events).containsExactly(true, IOLoop.WRITE);
  }

  @Test
  void refusedConnectionIsReported() throws IOException {
    SocketAddress nobody;
    try (ServerSocketChannel server = Testing.bindUnusedPort()) {
      nobody = server.getLocalAddress();
    }
    SocketChannel socket = closedAfterwards(SocketChannel.open());
    socket.configureBlocking(false);
    socket.connect(nobody);
    loop.addHandler(
        socket,
        ready -> {
          events.add((ready & (IOLoop.WRITE | IOLoop.ERROR)) != 0);
          try {
            socket.finishConnect();
          } catch (ConnectException e) {
            events.add("refused");
          }
          finish(socket);
        },
        IOLoop.WRITE);
    loop.start();
    assertThat(events).containsExactly(true, "refused");
  }

  @Test
  void connectionToAcceptIsReportedAsReadinessToRead() throws IOException {
    ServerSocketChannel server = closedAfterwards(Testing.bindUnusedPort());
    loop.addHandler(
        server,
        ready -> {
          events.add(ready);
          closedAfterwards(server.accept());
          finish(server);
        },
        IOLoop.READ);
    closedAfterwards(SocketChannel.open(server.getLocalAddress()));
    loop.start();
    assertThat(events).containsExactly(IOLoop.READ);
  }

  @Test
  void endOfDataIsReportedAsReadinessToRead() throws IOException {
    List<SocketChannel> sockets = openSockets();
    SocketChannel socket = sockets.get(0);
    write(sockets.get(1), "data");
    sockets.get(1).shutdownOutput();
    loop.addHandler(
        socket,
        ready -> {
          events.add((ready & IOLoop.READ) != 0);
          String text = read(socket);
          events.add(text);
          if (text.equals("EOF")) {
            finish(socket);
          }
        },
        IOLoop.READ);
    loop.start();
    assertThat(events).containsExactly(true, "data", true, "EOF");
  }

  @Test
  void endOfDataInAPipeIsReported() throws IOException {
    Pipe pipe = openPipe();
    pipe.sink().close();
    loop.addHandler(
        pipe.source(),
        ready -> {
          events.add(read(pipe.source()));
          finish(pipe.source());
        },
        IOLoop.READ);
    loop.start();
    assertThat(events).containsExactly("EOF");
  }

  // epoll reports a hang-up even if no event is watched.
  @Test
  void loopSleepsAfterTheEndOfDataWhenNothingIsWatched() throws IOException {
    Pipe pipe = openPipe();
    List<SocketChannel> sockets = openSockets();
    loop.addHandler(pipe.source(), readToEnd(pipe), IOLoop.READ);
    loop.addHandler(
        sockets.get(0),
        ready -> {
          if (read(sockets.get(0)).equals("EOF")) {
            events.add("socket EOF");
            loop.updateHandler(sockets.get(0), IOLoop.NONE);
          }
        },
        IOLoop.READ);
    pipe.sink().close();
    sockets.get(1).close();
    CpuTime.assertSleeps(this, Duration.ofMillis(60));
    assertThat(events).containsExactlyInAnyOrder("pipe EOF", "socket EOF");
  }

  private IOHandler readToEnd(Pipe pipe) {
    return ready -> {
      if (read(pipe.source()).equals("EOF")) {
        events.add("pipe EOF");
        loop.updateHandler(pipe.source(), IOLoop.NONE);
      }
    };
  }

  @Test
  void closingAWatchedChannelEndsTheWatchAndTheLoopSleeps() throws IOException {
    Pipe pipe = openPipe();
    SocketChannel socket = openSockets().get(0);
    loop.addHandler(pipe.source(), events::add, IOLoop.READ);
    loop.addHandler(socket, events::add, IOLoop.READ);
    loop.addCallback(
        () -> {
          try {
            pipe.source().close();
            socket.close();
          } catch (IOException e) {
            events.add(e);
          }
        });
    CpuTime.assertSleeps(this, Duration.ofMillis(60));
    loop.removeHandler(pipe.source());
    loop.removeHandler(socket);
    assertThat(events).isEmpty();
  }

  // The system gives the descriptor of a closed channel to the next one that is opened.
  @Test
  void channelThatReusesTheDescriptorOfAClosedOneIsWatched() throws IOException {
    for (int i = 0; i < 20; i++) {
      String text = "data " + i;
      Pipe pipe = openPipe(text);
      loop.addHandler(
          pipe.source(),
          ready -> {
            events.add(read(pipe.source()));
            pipe.source().close();
            pipe.sink().close();
            loop.stop();
          },
          IOLoop.READ);
      loop.start();
      assertThat(events).last().isEqualTo(text);
    }
    assertThat(events).hasSize(20);
  }

  @Test
  void loopSleepsWhileItWaitsForATimeout() {
    CpuTime.assertSleeps(this, Duration.ofMillis(60));
  }

  // A channel that is used while the interrupt is pending would be closed by it.
  @Test
  void interruptOfTheLoopsThreadNeitherEndsTheLoopNorMakesItSpin() throws IOException {
    Pipe pipe = openPipe("data");
    loop.addHandler(
        pipe.source(),
        ready -> {
          events.add(read(pipe.source()));
          if (events.size() == 1) {
            loop.callLater(Duration.ofMillis(5), () -> writeUnchecked(pipe, "more"));
          }
        },
        IOLoop.READ);
    loop.addCallback(Thread.currentThread()::interrupt);
    try (ExpectLog log = expectLog("(?i)interrupt")) {
      CpuTime.assertSleeps(this, Duration.ofMillis(60));
      log.assertCount(log.records().size()); // The backend decides whether to log it.
    }
    assertThat(events).containsExactly("data", "more");
    assertThat(Thread.interrupted()).isFalse();
  }

  private void writeUnchecked(Pipe pipe, String text) {
    try {
      write(pipe.sink(), text);
    } catch (IOException e) {
      events.add(e);
    }
  }

  @Test
  void interruptByAnotherThreadDoesNotEndTheLoop() throws Exception {
    Thread loopThread = Thread.currentThread();
    OtherThread<Void> other =
        OtherThread.run(
            () -> {
              while (!loop.running()) {
                Thread.onSpinWait();
              }
              for (int i = 0; i < 100; i++) {
                loopThread.interrupt();
                loop.addCallback(record("callback"));
              }
              loop.addCallback(loop::stop);
            });
    try (ExpectLog log = expectLog("(?i)interrupt")) {
      loop.start();
      log.assertCount(log.records().size());
    }
    // An interrupt that came after the last poll is the caller's, and would end the join below.
    Thread.interrupted();
    other.join();
    assertThat(events).hasSize(100);
  }

  @Test
  void handlerThatThrowsIsLoggedAndTheOthersAreServedWithoutAPause() throws IOException {
    Pipe first = openPipe("data");
    Pipe second = openPipe("data");
    RuntimeException failure = new RuntimeException("failed on purpose");
    for (Pipe pipe : List.of(first, second)) {
      loop.addHandler(
          pipe.source(),
          ready -> {
            events.add("handler");
            loop.removeHandler(pipe.source());
            loop.stop();
            throw failure;
          },
          IOLoop.READ);
    }
    long start = System.nanoTime();
    try (ExpectLog log = expectLog("Exception in")) {
      loop.start();
      log.assertCount(2);
      assertThat(log.records().get(0).getThrown()).isSameAs(failure);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(800));
    assertThat(events).containsExactly("handler", "handler");
  }

  @Test
  void exceptionHandlerIsToldWhichHandlerFailed() throws IOException {
    Pipe pipe = openPipe("data");
    IOException failure = new IOException("failed on purpose");
    IOHandler handler =
        ready -> {
          finish(pipe.source());
          throw failure;
        };
    loop.setExceptionHandler(
        (source, thrown) -> {
          events.add(source);
          events.add(thrown);
        });
    loop.addHandler(pipe.source(), handler, IOLoop.READ);
    loop.start();
    assertThat(events).containsExactly(handler, failure);
  }

  @Test
  void closeLeavesWatchedChannelsOpen() throws IOException {
    Pipe pipe = openPipe();
    loop.addHandler(pipe.source(), events::add, IOLoop.READ);
    runOneTurn();
    loop.close();
    assertThat(pipe.source().isOpen()).isTrue();
    write(pipe.sink(), "data");
    assertThat(read(pipe.source())).isEqualTo("data");
    assertThatCode(() -> pipe.source().configureBlocking(true)).doesNotThrowAnyException();
  }

  @Test
  void closeOfAllHandlesClosesWatchedChannels() throws IOException {
    Pipe watched = openPipe();
    Pipe removed = openPipe();
    loop.addHandler(watched.source(), events::add, IOLoop.READ);
    loop.addHandler(removed.source(), events::add, IOLoop.READ);
    loop.removeHandler(removed.source());
    runOneTurn();
    loop.close(true);
    assertThat(watched.source().isOpen()).isFalse();
    assertThat(watched.sink().isOpen()).isTrue();
    assertThat(removed.source().isOpen()).isTrue();
  }
}
