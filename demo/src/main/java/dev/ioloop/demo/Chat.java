package dev.ioloop.demo;

import static dev.ioloop.Gen.await;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamBufferFullException;
import dev.ioloop.net.TCPServer;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A chat with rooms, for telnet or nc: the first line is one's name, {@code /join ROOM} goes to
 * another room, and every other line goes to all in the room. Nobody waits for a slow reader; one
 * that is a megabyte behind is dropped.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar chat --port 9000</pre>
 */
final class Chat extends TCPServer {
  private static final int MAX_LINE = 64 * 1024;
  private static final byte[] NEWLINE = {'\n'};

  private final Map<String, Set<IOStream>> rooms = new HashMap<>();

  Chat() {
    setMaxWriteBufferSize(1024 * 1024);
  }

  @Override
  protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
    String room = "lobby";
    try {
      stream.write("your name?\n".getBytes(UTF_8));
      String name = readLine(stream);
      enter(room, stream, name);
      while (true) {
        String line = readLine(stream);
        if (line.startsWith("/join ")) {
          leave(room, stream);
          room = line.substring("/join ".length());
          enter(room, stream, name);
        } else {
          tell(room, name + ": " + line);
        }
      }
    } finally {
      leave(room, stream);
    }
  }

  private static String readLine(IOStream stream) {
    return new String(await(stream.readUntil(NEWLINE, MAX_LINE)), UTF_8).strip();
  }

  private void enter(String room, IOStream stream, String name) {
    rooms.computeIfAbsent(room, any -> new LinkedHashSet<>()).add(stream);
    tell(room, name + " has joined " + room);
  }

  private void leave(String room, IOStream stream) {
    rooms.computeIfPresent(
        room, (any, present) -> present.remove(stream) && present.isEmpty() ? null : present);
  }

  private void tell(String room, String text) {
    for (IOStream stream : List.copyOf(rooms.getOrDefault(room, Set.of()))) {
      try {
        if (!stream.closed()) {
          stream.write((text + "\n").getBytes(UTF_8)); // not awaited: the others do not wait
        }
      } catch (StreamBufferFullException e) {
        stream.close(e);
      }
    }
  }

  static void run(String host, int port) {
    try (IOLoop loop = IOLoop.instance()) {
      loop.runMain(
          () -> {
            System.out.println("listening on " + Addresses.text(new Chat().listen(port, host)));
            await(new Future<>());
          });
    }
  }
}
