package dev.ioloop.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.IOHandler;
import dev.ioloop.IOLoop;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

/** What addHandler and updateHandler refuse, and how they say it. */
public abstract class HandlerArgumentContract extends ChannelContract {

  /** Made by subclasses. */
  protected HandlerArgumentContract() {}

  @Test
  void channelThatIsWatchedAlreadyIsRefused() throws IOException {
    Pipe pipe = openPipe("data");
    loop.addHandler(
        pipe.source(),
        ready -> {
          events.add("first");
          finish(pipe.source());
        },
        IOLoop.READ);
    assertThatThrownBy(() -> loop.addHandler(pipe.source(), events::add, IOLoop.READ))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("updateHandler");
    loop.start();
    assertThat(events).containsExactly("first");
  }

  @Test
  void updateOfAnUnknownChannelIsRefused() throws IOException {
    Pipe pipe = openPipe();
    assertThatThrownBy(() -> loop.updateHandler(pipe.source(), IOLoop.READ))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("addHandler");
  }

  @Test
  void blockingOrClosedChannelIsRefused() throws IOException {
    SocketChannel blocking = closedAfterwards(SocketChannel.open());
    assertThatThrownBy(() -> loop.addHandler(blocking, events::add, IOLoop.READ))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("configureBlocking(false)");
    SocketChannel closed = SocketChannel.open();
    closed.configureBlocking(false);
    closed.close();
    assertThatThrownBy(() -> loop.addHandler(closed, events::add, IOLoop.READ))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("closed");
    runOneTurn();
  }

  @Test
  void eventsThatAChannelCannotHaveAreRefused() throws IOException {
    ServerSocketChannel server = closedAfterwards(ServerSocketChannel.open());
    server.configureBlocking(false);
    assertThatThrownBy(() -> loop.addHandler(server, events::add, IOLoop.WRITE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("WRITE");
    Pipe pipe = openPipe();
    assertThatThrownBy(() -> loop.addHandler(pipe.source(), events::add, 1 << 20))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("events");
    // A refused channel is not watched: it can be added.
    loop.addHandler(pipe.source(), events::add, IOLoop.READ);
  }

  @Test
  void nullArgumentsAreRefusedAtTheCall() throws IOException {
    Pipe pipe = openPipe();
    IOHandler handler = events::add;
    assertThatThrownBy(() -> loop.addHandler(null, handler, IOLoop.READ))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("channel");
    assertThatThrownBy(() -> loop.addHandler(pipe.source(), null, IOLoop.READ))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("handler");
  }
}
