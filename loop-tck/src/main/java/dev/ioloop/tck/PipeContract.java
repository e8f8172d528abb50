package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.testing.Testing;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Streams over channels that the user has opened: one-way pipes, and sockets. */
@OnEachGenerator
public abstract class PipeContract extends ChannelContract {

  /** Made by subclasses. */
  protected PipeContract() {}

  @Test
  void whatIsWrittenToThePipeIsReadFromIt() {
    loop.runSync(
        () -> {
          Pipe pipe = openPipe();
          IOStream source = IOStream.of(pipe.source());
          IOStream sink = IOStream.of(pipe.sink());
          Future<byte[]> line = source.readUntil(StreamContract.bytes("\n"));
          await(sink.write(StreamContract.bytes("line\nrest")));
          events.add(StreamContract.text(line));
          Future<byte[]> rest = source.readUntilClose();
          sink.shutdownOutput();
          events.add(StreamContract.text(rest));
          assertThat(source.closed()).isTrue();
          assertThat(pipe.source().isOpen()).isFalse();
          sink.close();
          assertThat(pipe.sink().isOpen()).isFalse();
        });
    assertThat(events).containsExactly("line\n", "rest");
  }

  @Test
  void largeWriteGoesThroughInPieces() {
    loop.runSync(
        () -> {
          Pipe pipe = openPipe();
          IOStream source = IOStream.of(pipe.source());
          IOStream sink = IOStream.of(pipe.sink());
          Future<Void> write = sink.write(new byte[1 << 20]);
          assertThat(write.done()).isFalse();
          assertThat(await(source.readBytes(1 << 20))).hasSize(1 << 20);
          await(write);
          source.close();
          sink.close();
        });
  }

  @Test
  void pipesGoOneWay() {
    loop.runSync(
        () -> {
          Pipe pipe = openPipe();
          IOStream source = IOStream.of(pipe.source());
          IOStream sink = IOStream.of(pipe.sink());
          sink.setCloseCallback(record("closed"));
          assertThatThrownBy(() -> sink.readBytes(1))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("can only be written");
          assertThatThrownBy(() -> source.write(new byte[1]))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("can only be read");
          await(moment);
          source.close();
          sink.close();
          await(moment);
        });
    assertThat(events).containsExactly("closed");
  }

  @Test
  void writeToAPipeThatNobodyReadsAnyMoreFails() {
    loop.runSync(
        () -> {
          Pipe pipe = openPipe();
          IOStream sink = IOStream.of(pipe.sink());
          Future<Void> write = sink.write(new byte[1 << 20]);
          pipe.source().close();
          assertThatThrownBy(() -> await(write))
              .isInstanceOf(StreamClosedException.class)
              .hasCauseInstanceOf(IOException.class);
          assertThat(sink.closed()).isTrue();
        });
  }

  @Test
  void socketChannelsOfTheUserBecomeStreams() {
    loop.runSync(
        () -> {
          List<SocketChannel> sockets = openSockets();
          IOStream left = IOStream.of(sockets.get(0));
          IOStream right = IOStream.of(sockets.get(1));
          Future<byte[]> read = right.readBytes(100_000);
          await(left.write(new byte[100_000]));
          assertThat(await(read)).hasSize(100_000);
          left.close();
          assertThatThrownBy(() -> await(right.readBytes(1)))
              .isInstanceOf(StreamClosedException.class);
        });
  }

  @Test
  void channelsThatBlockAreMadeToBlockNoMore() {
    loop.runSync(
        () -> {
          Pipe pipe = Pipe.open();
          IOStream source = IOStream.of(pipe.source());
          IOStream sink = IOStream.of(pipe.sink());
          assertThat(pipe.source().isBlocking() || pipe.sink().isBlocking()).isFalse();
          Future<byte[]> read = source.readBytes(2);
          sink.write(StreamContract.bytes("hi"));
          events.add(StreamContract.text(read));
          List<SocketChannel> sockets = openSockets();
          sockets.get(0).configureBlocking(true);
          IOStream left = IOStream.of(sockets.get(0));
          IOStream right = IOStream.of(sockets.get(1));
          right.write(StreamContract.bytes("ho"));
          events.add(StreamContract.text(left.readBytes(2)));
          List.of(source, sink, left, right).forEach(IOStream::close);
        });
    assertThat(events).containsExactly("hi", "ho");
  }

  @Test
  void secondStreamOfAChannelIsRefusedWhenItHasToWait() {
    loop.runSync(
        () -> {
          Pipe pipe = openPipe();
          IOStream stream = IOStream.of(pipe.source());
          Future<byte[]> read = stream.readBytes(2);
          assertThatThrownBy(() -> IOStream.of(pipe.source()).readBytes(2))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("already watched");
          write(pipe.sink(), "hi");
          events.add(StreamContract.text(read));
          stream.close();
        });
    assertThat(events).containsExactly("hi");
  }

  @Test
  void channelsThatCannotBeStreamsAreRefused() {
    loop.runSync(
        () -> {
          SocketChannel closed = SocketChannel.open();
          closed.close();
          assertThatThrownBy(() -> IOStream.of(closed))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("cannot be used");
          SocketChannel unconnected = closedAfterwards(SocketChannel.open());
          assertThatThrownBy(() -> IOStream.of(unconnected))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("not connected");
          var server = closedAfterwards(Testing.bindUnusedPort());
          assertThatThrownBy(() -> IOStream.of(server))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("needs a SocketChannel");
        });
  }
}
