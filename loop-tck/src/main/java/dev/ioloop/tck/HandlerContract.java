package dev.ioloop.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.IOLoop;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Handlers of channels: adding, updating and removing them, and in what turn they run. */
public abstract class HandlerContract extends ChannelContract {

  /** Made by subclasses. */
  protected HandlerContract() {}

  @Test
  void readHandlerIsCalledWhenDataArrives() throws IOException {
    Pipe pipe = openPipe();
    loop.addHandler(
        pipe.source(),
        ready -> {
          events.add(ready);
          events.add(read(pipe.source()));
          finish(pipe.source());
        },
        IOLoop.READ);
    loop.addCallback(
        () -> {
          events.add("written");
          try {
            write(pipe.sink(), "data");
          } catch (IOException e) {
            events.add(e);
          }
        });
    loop.start();
    assertThat(events).containsExactly("written", IOLoop.READ, "data");
  }

  @Test
  void dataFromAnotherThreadWakesTheLoop() throws Exception {
    Pipe pipe = openPipe();
    loop.addHandler(
        pipe.source(),
        ready -> {
          events.add(read(pipe.source()));
          finish(pipe.source());
        },
        IOLoop.READ);
    OtherThread<Void> other =
        OtherThread.run(
            () -> {
              while (!loop.running()) {
                Thread.onSpinWait();
              }
              write(pipe.sink(), "data");
            });
    loop.start();
    other.join();
    assertThat(events).containsExactly("data");
  }

  @Test
  void channelWithUnreadDataIsReportedAgain() throws IOException {
    Pipe pipe = openPipe("data");
    loop.addHandler(
        pipe.source(),
        ready -> {
          events.add(ready);
          if (events.size() == 3) {
            finish(pipe.source());
          }
        },
        IOLoop.READ);
    loop.start();
    assertThat(events).containsExactly(IOLoop.READ, IOLoop.READ, IOLoop.READ);
  }

  @Test
  void handlerOfAQuietChannelIsNotCalled() throws IOException {
    Pipe pipe = openPipe();
    loop.addHandler(pipe.source(), events::add, IOLoop.READ);
    runFor(Duration.ofMillis(5));
    assertThat(events).isEmpty();
  }

  @Test
  void writeHandlerIsCalledWhileThereIsSpace() throws IOException {
    SocketChannel socket = openSockets().get(0);
    loop.addHandler(
        socket,
        ready -> {
          events.add(ready);
          finish(socket);
        },
        IOLoop.WRITE);
    loop.start();
    assertThat(events).containsExactly(IOLoop.WRITE);
  }

  @Test
  void readinessToReadAndToWriteIsReportedTogether() throws IOException {
    List<SocketChannel> sockets = openSockets();
    SocketChannel socket = sockets.get(0);
    write(sockets.get(1), "data");
    loop.addHandler(
        socket,
        ready -> {
          events.add(ready);
          finish(socket);
        },
        IOLoop.READ | IOLoop.WRITE);
    loop.start();
    assertThat(events).containsExactly(IOLoop.READ | IOLoop.WRITE);
  }

  @Test
  void updateHandlerReplacesTheWatchedEvents() throws IOException {
    List<SocketChannel> sockets = openSockets();
    SocketChannel socket = sockets.get(0);
    write(sockets.get(1), "data");
    loop.addHandler(
        socket,
        ready -> {
          events.add(ready);
          if (ready == IOLoop.READ) {
            loop.updateHandler(socket, IOLoop.WRITE);
          } else {
            loop.updateHandler(socket, IOLoop.NONE);
            loop.callLater(Duration.ofMillis(2), loop::stop);
          }
        },
        IOLoop.NONE);
    runFor(Duration.ofMillis(2));
    assertThat(events).isEmpty();
    loop.updateHandler(socket, IOLoop.READ);
    loop.start();
    assertThat(events).containsExactly(IOLoop.READ, IOLoop.WRITE);
  }

  @Test
  void removedHandlerIsNotCalled() throws IOException {
    Pipe pipe = openPipe("data");
    loop.addHandler(pipe.source(), events::add, IOLoop.READ);
    loop.addCallback(() -> loop.removeHandler(pipe.source()));
    runFor(Duration.ofMillis(2));
    assertThat(events).isEmpty();
  }

  @Test
  void removingAHandlerTwiceOrAnUnknownOneDoesNothing() throws IOException {
    Pipe pipe = openPipe("data");
    loop.removeHandler(pipe.source());
    loop.addHandler(pipe.source(), events::add, IOLoop.READ);
    loop.removeHandler(pipe.source());
    loop.removeHandler(pipe.source());
    pipe.source().close();
    loop.removeHandler(pipe.source());
    runFor(Duration.ofMillis(2));
    assertThat(events).isEmpty();
  }

  @Test
  void channelMayBeRemovedAndAddedInTheSameTurn() throws IOException {
    Pipe pipe = openPipe("data");
    loop.addHandler(pipe.source(), ready -> events.add("old"), IOLoop.READ);
    loop.addCallback(
        () -> {
          for (int i = 0; i < 3; i++) {
            loop.removeHandler(pipe.source());
            loop.addHandler(
                pipe.source(),
                ready -> {
                  events.add("new");
                  finish(pipe.source());
                },
                IOLoop.READ);
          }
        });
    loop.start();
    assertThat(events).containsExactly("new");
  }

  @Test
  void handlerMayReplaceItself() throws IOException {
    Pipe pipe = openPipe("data");
    loop.addHandler(
        pipe.source(),
        ready -> {
          events.add("old");
          loop.removeHandler(pipe.source());
          loop.addHandler(
              pipe.source(),
              again -> {
                events.add("new " + read(pipe.source()));
                finish(pipe.source());
              },
              IOLoop.READ);
        },
        IOLoop.READ);
    loop.start();
    assertThat(events).containsExactly("old", "new data");
  }

  @Test
  void handlerRemovedByAnotherHandlerOfTheSamePollIsNotCalled() throws IOException {
    Pipe first = openPipe("data");
    Pipe second = openPipe("data");
    loop.addHandler(
        first.source(),
        ready -> {
          events.add("called");
          loop.removeHandler(second.source());
          finish(first.source());
        },
        IOLoop.READ);
    loop.addHandler(
        second.source(),
        ready -> {
          events.add("called");
          loop.removeHandler(first.source());
          finish(second.source());
        },
        IOLoop.READ);
    loop.start();
    runFor(Duration.ofMillis(2));
    assertThat(events).containsExactly("called");
  }

  @Test
  void handlerOfAChannelClosedByAnotherHandlerOfTheSamePollIsNotCalled() throws IOException {
    Pipe first = openPipe("data");
    Pipe second = openPipe("data");
    loop.addHandler(
        first.source(),
        ready -> {
          events.add("called");
          second.source().close();
          finish(first.source());
        },
        IOLoop.READ);
    loop.addHandler(
        second.source(),
        ready -> {
          events.add("called");
          first.source().close();
          finish(second.source());
        },
        IOLoop.READ);
    loop.start();
    runFor(Duration.ofMillis(2));
    assertThat(events).containsExactly("called");
  }

  @Test
  void handlerAddedByAHandlerRunsInALaterTurn() throws IOException {
    Pipe first = openPipe("data");
    Pipe second = openPipe("data");
    loop.addHandler(
        first.source(),
        ready -> {
          events.add("first");
          loop.removeHandler(first.source());
          loop.addCallback(record("callback"));
          loop.addHandler(
              second.source(),
              again -> {
                events.add("second");
                finish(second.source());
              },
              IOLoop.READ);
        },
        IOLoop.READ);
    loop.start();
    assertThat(events).containsExactly("first", "callback", "second");
  }

  @Test
  void stopInACallbackSkipsThePoll() throws IOException {
    Pipe pipe = openPipe("data");
    loop.addHandler(
        pipe.source(),
        ready -> {
          events.add("handler");
          finish(pipe.source());
        },
        IOLoop.READ);
    runOneTurn();
    assertThat(events).isEmpty();
    loop.start();
    assertThat(events).containsExactly("handler");
  }

  @Test
  void stopInAHandlerLetsTheOthersAndOneMoreBatchRun() throws IOException {
    Pipe first = openPipe("data");
    Pipe second = openPipe("data");
    for (Pipe pipe : List.of(first, second)) {
      loop.addHandler(
          pipe.source(),
          ready -> {
            loop.stop();
            events.add("handler");
            loop.removeHandler(pipe.source());
            loop.addCallback(record("callback"));
            loop.callAt(loop.time(), record("timeout"));
          },
          IOLoop.READ);
    }
    loop.start();
    assertThat(events)
        .containsExactly("handler", "handler", "callback", "callback", "timeout", "timeout");
  }

  @Test
  void endlessChainOfCallbacksDoesNotStarveChannels() throws IOException {
    Pipe pipe = openPipe("data");
    loop.addHandler(
        pipe.source(),
        ready -> {
          events.add(read(pipe.source()));
          finish(pipe.source());
        },
        IOLoop.READ);
    loop.addCallback(
        new Runnable() {
          @Override
          public void run() {
            loop.addCallback(this);
          }
        });
    loop.start();
    assertThat(events).containsExactly("data");
  }

  @Test
  void manyReadyChannelsAreAllServed() throws IOException {
    List<Pipe> pipes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Pipe pipe = openPipe("data");
      pipes.add(pipe);
      loop.addHandler(
          pipe.source(),
          ready -> {
            events.add(read(pipe.source()));
            loop.removeHandler(pipe.source());
            if (events.size() == 100) {
              loop.stop();
            }
          },
          IOLoop.READ);
    }
    loop.start();
    assertThat(events).hasSize(100).containsOnly("data");
  }
}
