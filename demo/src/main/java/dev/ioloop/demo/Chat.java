package dev.ioloop.demo;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.withTimeout;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamBufferFullException;
import dev.ioloop.net.TCPServer;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A chat with rooms, for telnet or nc: the first line is one's name, {@code /join ROOM} goes to
 * another room, and every other line goes to all in the room. Nobody waits for a slow reader; one
 * that is a megabyte behind is dropped, and so is one that says nothing for an hour.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar chat --port 9000</pre>
 */
final class Chat extends TCPServer {
  private static final Duration IDLE = Duration.ofHours(1);
  private final Map<IOStream, String> rooms = new LinkedHashMap<>();

  Chat() {
    setMaxWriteBufferSize(1024 * 1024);
  }

  @Override
  protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
    try {
      stream.writeString("your name?\n");
      String name = readLine(stream);
      if (name == null) {
        return;
      }
      for (String line = "/join lobby"; line != null; line = readLine(stream)) {
        if (line.startsWith("/join ")) {
          rooms.put(stream, line.substring("/join ".length()));
          tell(rooms.get(stream), name + " has joined " + rooms.get(stream));
        } else {
          tell(rooms.get(stream), name + ": " + line);
        }
      }
    } catch (LoopTimeoutException e) {
      stream.close(e);
    } finally {
      rooms.remove(stream);
    }
  }

  private static @Nullable String readLine(IOStream stream) {
    return await(withTimeout(IDLE, stream.readLine(64 * 1024)));
  }

  private void tell(String room, String text) {
    for (IOStream stream : List.copyOf(rooms.keySet())) {
      try {
        if (room.equals(rooms.get(stream)) && !stream.closed()) {
          stream.writeString(text + "\n"); // not awaited: the others do not wait
        }
      } catch (StreamBufferFullException e) {
        stream.close(e);
      }
    }
  }

  static void run(String host, int port) {
    IOLoop.instance()
        .runMain(
            () -> {
              System.out.println("listening on " + Addresses.text(new Chat().listen(port, host)));
              await(new Future<>());
            });
  }
}
