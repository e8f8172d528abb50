package dev.ioloop.demo;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.sleep;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamBufferFullException;
import dev.ioloop.net.TCPServer;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A chat with rooms, for telnet or nc. The first line is the user's name, {@code /join ROOM} goes
 * to another room, and every other line goes to everybody in the room. Nobody waits for a slow
 * reader: one that is a megabyte behind is disconnected, and so are the slowest when all together
 * are 16 megabytes behind. A user who sends nothing for an hour is disconnected, too. At most 200
 * users may be connected, whose lines fit into a heap of 64 MiB; further ones wait.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar chat --port 9000</pre>
 */
final class Chat extends TCPServer {
  private static final Duration IDLE = Duration.ofHours(1);

  /** The pause between two lines of one user. Further ones wait in the socket. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  static final int MAX_CONNECTIONS = 200;
  private static final int MAX_UNSENT = 1024 * 1024;
  private static final long MAX_UNSENT_IN_ALL = 16 * MAX_UNSENT;

  /** The memory of an unsent line in addition to its bytes. */
  private static final int EACH = 256;

  private final Map<IOStream, Member> members = new LinkedHashMap<>();
  private final Duration pause;
  private final long maxUnsent;
  private long unsent;

  /** A user, the room, and how far behind the user is. */
  private static final class Member {
    String room = "";
    long unsent;
    boolean dropped;
  }

  Chat() {
    this(PAUSE, MAX_UNSENT_IN_ALL);
  }

  /**
   * Makes a chat with other limits.
   *
   * @param pause the pause between two lines of one user
   * @param maxUnsent how far behind all readers together may be, in bytes
   */
  Chat(Duration pause, long maxUnsent) {
    this.pause = pause;
    this.maxUnsent = maxUnsent;
    setMaxConnections(MAX_CONNECTIONS);
    setMaxWriteBufferSize(MAX_UNSENT);
  }

  @Override
  protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
    try {
      stream.writeString("your name?\n");
      String name = readLine(stream);
      if (name == null) {
        return;
      }
      Member member = new Member();
      members.put(stream, member);
      String line = "/join lobby";
      while (line != null && !stream.closed()) { // Lines received before a reset are dropped.
        if (line.startsWith("/join ")) {
          member.room = line.substring("/join ".length());
          tell(member.room, name + " has joined " + member.room);
        } else {
          tell(member.room, name + ": " + line);
        }
        await(sleep(pause));
        line = readLine(stream);
      }
    } catch (LoopTimeoutException e) {
      stream.close(e);
    } finally {
      members.remove(stream);
    }
  }

  private static @Nullable String readLine(IOStream stream) {
    return IdleLimit.await(IDLE, stream.readLine(64 * 1024));
  }

  private void tell(String room, String text) {
    byte[] line = (text + "\n").getBytes(UTF_8); // shared by all, however many are behind
    for (IOStream stream : List.copyOf(members.keySet())) {
      Member member = members.get(stream);
      if (member != null && room.equals(member.room) && !stream.closed()) {
        write(stream, member, line);
      }
    }
    while (unsent > maxUnsent && !members.isEmpty()) {
      dropTheFurthestBehind();
    }
  }

  private void write(IOStream stream, Member member, byte[] line) {
    int size = line.length + EACH;
    count(member, size);
    try {
      // Not awaited, so that the others need not wait.
      stream.write(line).addDoneCallback(sent -> count(member, -size));
    } catch (StreamBufferFullException e) {
      count(member, -size);
      stream.close(e);
    }
  }

  private void count(Member member, long size) {
    if (!member.dropped) {
      member.unsent += size;
      unsent += size;
    }
  }

  private void dropTheFurthestBehind() {
    Map.Entry<IOStream, Member> furthest =
        Collections.max(
            members.entrySet(), Comparator.comparingLong(each -> each.getValue().unsent));
    IOStream stream = furthest.getKey();
    Member member = furthest.getValue();
    members.remove(stream);
    count(member, -member.unsent);
    member.dropped = true;
    stream.close(new IOException("too far behind"));
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
