package dev.ioloop.net;

import dev.ioloop.Future;
import dev.ioloop.spi.StreamTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of one stream: a queue of buffers that the transport has not accepted yet, each
 * with its future. An empty queue holds no arrays.
 */
final class Writing {

  /** The most write calls on the transport per readiness. */
  private static final int MAX_CALLS = 16;

  private static final ByteBuffer[] NO_BUFFERS = {};
  private static final Future<@Nullable Void> COMPLETED = Future.succeeded(null);

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static final Future<@Nullable Void>[] NO_FUTURES = new Future[0];

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final IOStream stream;

  // The queued pieces, from first (inclusive) to end (exclusive). The transport has accepted those
  // before next but not flushed them yet.
  private ByteBuffer[] buffers = NO_BUFFERS;
  private Future<@Nullable Void>[] futures = NO_FUTURES;
  private int first;
  private int next;
  private int end;

  /** How many bytes the transport has accepted. */
  long sent;

  /** How many queued bytes the transport has not accepted. */
  private long unsent;

  /** Whether further writes are refused and the output ends once everything is sent. */
  private boolean ending;

  /** Whether the transport has been told to end the output. */
  private boolean endSent;

  /** Whether the transport holds bytes that it has not flushed. */
  private boolean unflushed;

  int maxBytes = Integer.MAX_VALUE;
  int lowMark = 32 << 10;
  int highMark = 64 << 10;
  private @Nullable Future<@Nullable Void> writable;

  Writing(IOStream stream) {
    this.stream = stream;
  }

  boolean isPending() {
    return first < end || unflushed || ending && !endSent;
  }

  boolean ending() {
    return ending;
  }

  /**
   * Writes {@code data} at once if nothing is queued and the transport accepts it; otherwise queues
   * it.
   */
  Future<@Nullable Void> write(ByteBuffer data) {
    int length = data.remaining();
    if (length > maxBytes - unsent) {
      throw new StreamBufferFullException(
          "write() of "
              + length
              + " bytes to a stream with "
              + unsent
              + " unsent bytes; setMaxWriteBufferSize() allows "
              + maxBytes
              + ". Await earlier writes first");
    }
    boolean queued = first < end || unflushed || stream.connecting();
    if (!queued) {
      try {
        StreamTransport transport = stream.transport();
        if (length > 0) {
          sent += transport.write(stream.buffers().single(data), 0, 1);
        }
        unflushed = !transport.flush();
      } catch (IOException e) {
        Future<@Nullable Void> future = new Future<>();
        enqueue(data, future);
        stream.failWriting(e);
        return future;
      }
      if (!data.hasRemaining() && !unflushed) {
        return Future.succeeded(null);
      }
    }
    Future<@Nullable Void> future = new Future<>();
    enqueue(data, future);
    if (!queued) {
      stream.readiness().watchWriting();
    }
    return future;
  }

  private void enqueue(ByteBuffer data, Future<@Nullable Void> future) {
    if (end == buffers.length) {
      makeRoom();
    }
    buffers[end] = data;
    futures[end] = future;
    end++;
    unsent += data.remaining();
  }

  private void makeRoom() {
    int count = end - first;
    if (first > count && first > 0) {
      System.arraycopy(buffers, first, buffers, 0, count);
      System.arraycopy(futures, first, futures, 0, count);
      Arrays.fill(buffers, count, end, null);
      Arrays.fill(futures, count, end, null);
      next -= first;
      first = 0;
      end = count;
    } else {
      int capacity = Math.max(4, 2 * buffers.length);
      buffers = Arrays.copyOf(buffers, capacity);
      futures = Arrays.copyOf(futures, capacity);
    }
  }

  /** Passes queued pieces to the transport, and completes the futures of those that are sent. */
  void flush() throws IOException {
    StreamTransport transport = stream.transport();
    skipSent();
    long taken = 1;
    for (int calls = 0; next < end && taken > 0 && calls < MAX_CALLS; calls++) {
      taken = transport.write(buffers, next, end);
      unsent -= taken;
      sent += taken;
      skipSent();
    }
    if (next == end && ending && !endSent) {
      endSent = true;
      transport.shutdownOutput();
    }
    unflushed = !transport.flush();
    if (!unflushed) {
      complete();
    }
  }

  private void skipSent() {
    while (next < end && !buffers[next].hasRemaining()) {
      buffers[next++] = NOTHING;
    }
  }

  /** Completes the futures of the flushed pieces. Their callbacks may write and close. */
  private void complete() {
    while (first < next) {
      Future<@Nullable Void> future = futures[first];
      futures[first] = COMPLETED;
      first++;
      future.complete(null);
    }
    if (first == end) {
      forgetAll();
    }
    Future<@Nullable Void> waiting = writable;
    if (waiting != null && unsent <= lowMark) {
      writable = null;
      waiting.complete(null);
    }
  }

  private void forgetAll() {
    buffers = NO_BUFFERS;
    futures = NO_FUTURES;
    first = 0;
    next = 0;
    end = 0;
  }

  /**
   * Returns a future that is done at once up to the high mark, and otherwise when the unsent bytes
   * have fallen to the low mark.
   */
  Future<@Nullable Void> whenWritable() {
    if (unsent <= highMark && writable == null) {
      return Future.succeeded(null);
    }
    if (writable == null) {
      writable = new Future<>();
    }
    return writable;
  }

  /** Ends the output after the queued pieces. */
  void shutdown() throws IOException {
    ending = true;
    if (!stream.connecting()) {
      flush();
    }
  }

  /** Called when the stream is closed: fails all pending futures. */
  void close(@Nullable Throwable error) {
    ending = true;
    endSent = true;
    unflushed = false;
    unsent = 0;
    Future<@Nullable Void>[] waiting = futures;
    int from = first;
    int to = end;
    forgetAll();
    for (int i = from; i < to; i++) {
      Reading.fail(waiting[i], error);
    }
    if (writable != null) {
      Reading.fail(writable, error);
    }
  }
}
