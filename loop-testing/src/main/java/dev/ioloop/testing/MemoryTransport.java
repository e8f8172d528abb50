package dev.ioloop.testing;

import dev.ioloop.IOLoop;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.StreamTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection in memory. It holds what the other end has written to it. {@link
 * StreamPair} makes streams of two such ends.
 *
 * <p>Used on the loop's thread only.
 */
public final class MemoryTransport implements StreamTransport {
  private final IOLoop loop;
  private final int most;

  /** The bytes written to this end and not read, from zero to the position. */
  private final ByteBuffer received;

  private @Nullable MemoryTransport peer;
  private @Nullable ReadyHandler handler;
  private int watched;
  private boolean told;
  private boolean inputEnded;
  private boolean outputEnded;
  private boolean closed;

  private MemoryTransport(IOLoop loop, int capacity, int most) {
    this.loop = loop;
    this.most = most;
    this.received = ByteBuffer.allocate(capacity);
  }

  /**
   * Returns the two ends of a new connection. Each end is held open until it is closed.
   *
   * @param loop the loop whose callbacks report that an end is ready
   * @param capacity the most bytes that may be under way in each direction, at least 1
   * @param most the most bytes that one read or write moves, at least 1
   */
  public static List<StreamTransport> pair(IOLoop loop, int capacity, int most) {
    MemoryTransport left = new MemoryTransport(loop, capacity, most);
    MemoryTransport right = new MemoryTransport(loop, capacity, most);
    left.peer = right;
    right.peer = left;
    return List.of(left, right);
  }

  @Override
  public void start(ReadyHandler handler) {
    this.handler = handler;
  }

  @Override
  public int read(ByteBuffer target) {
    if (received.position() == 0) {
      return inputEnded ? -1 : 0;
    }
    received.flip();
    int count = Math.min(most, Math.min(received.remaining(), target.remaining()));
    target.put(target.position(), received, 0, count);
    target.position(target.position() + count);
    received.position(count);
    received.compact();
    peer().tell();
    tell(); // With single bytes, a read that took less than fits has not taken everything.
    return count;
  }

  @Override
  public long write(ByteBuffer[] sources, int from, int to) throws IOException {
    if (outputEnded || peer().closed) {
      throw new IOException("the other end is closed");
    }
    ByteBuffer target = peer().received;
    int left = Math.min(most, target.remaining());
    long written = 0;
    for (int i = from; i < to && left > 0; i++) {
      int count = Math.min(left, sources[i].remaining());
      target.put(target.position(), sources[i], sources[i].position(), count);
      target.position(target.position() + count);
      sources[i].position(sources[i].position() + count);
      left -= count;
      written += count;
    }
    peer().tell();
    return written;
  }

  @Override
  public void watch(int events) {
    watched = events;
    tell();
  }

  @Override
  public void shutdownOutput() {
    outputEnded = true;
    peer().inputEnded = true;
    peer().tell();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      shutdownOutput();
    }
  }

  /** Notifies the handler through the loop, if an event that it watches is still there by then. */
  private void tell() {
    if (!told && ready() != 0) {
      told = true;
      loop.addCallback(
          () -> {
            told = false;
            int ready = ready();
            if (ready != 0) {
              Objects.requireNonNull(handler).ready(ready);
              tell();
            }
          });
    }
  }

  private int ready() {
    int ready = 0;
    if (!closed && handler != null) {
      if (received.position() > 0 || inputEnded) {
        ready |= IOLoop.READ;
      }
      if (peer().received.hasRemaining() || peer().closed) {
        ready |= IOLoop.WRITE;
      }
    }
    return ready & watched;
  }

  private MemoryTransport peer() {
    return Objects.requireNonNull(peer);
  }
}
