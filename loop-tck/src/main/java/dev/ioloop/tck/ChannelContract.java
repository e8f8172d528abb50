package dev.ioloop.tck;

import dev.ioloop.testing.Testing;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** Shared by the contracts that watch channels: channels that are closed after the test. */
@Needs(Capability.CHANNELS)
public abstract class ChannelContract extends LoopContract {

  private final List<Closeable> opened = new ArrayList<>();

  /** Made by subclasses. */
  protected ChannelContract() {}

  @AfterEach
  void closeChannels() throws IOException {
    for (Closeable channel : opened) {
      channel.close();
    }
  }

  protected final <C extends Closeable> C closedAfterwards(C channel) {
    opened.add(channel);
    return channel;
  }

  /** Opens a pipe whose ends do not block. */
  protected final Pipe openPipe() throws IOException {
    Pipe pipe = Pipe.open();
    closedAfterwards(pipe.source()).configureBlocking(false);
    closedAfterwards(pipe.sink()).configureBlocking(false);
    return pipe;
  }

  /** Opens a pipe with {@code text} in it. */
  protected final Pipe openPipe(String text) throws IOException {
    Pipe pipe = openPipe();
    write(pipe.sink(), text);
    return pipe;
  }

  /** Opens two connected sockets on 127.0.0.1 that do not block. */
  protected final List<SocketChannel> openSockets() throws IOException {
    try (ServerSocketChannel server = Testing.bindUnusedPort()) {
      server.configureBlocking(true);
      SocketChannel client = closedAfterwards(SocketChannel.open(server.getLocalAddress()));
      SocketChannel accepted = closedAfterwards(server.accept());
      client.configureBlocking(false);
      accepted.configureBlocking(false);
      return List.of(client, accepted);
    }
  }

  protected static void write(WritableByteChannel channel, String text) throws IOException {
    channel.write(ByteBuffer.wrap(text.getBytes("US-ASCII")));
  }

  /** Returns the text that can be read at once, or "EOF". */
  protected static String read(ReadableByteChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(64);
    if (channel.read(buffer) < 0) {
      return "EOF";
    }
    return new String(buffer.array(), 0, buffer.position(), "US-ASCII");
  }

  /** Stops watching {@code channel} and ends the loop with the present turn. */
  protected final void finish(SelectableChannel channel) {
    loop.removeHandler(channel);
    loop.stop();
  }
}
