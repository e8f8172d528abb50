package dev.ioloop.net;

import dev.ioloop.Future;
import dev.ioloop.spi.StreamTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of one stream: what the transport has not taken yet, in order, each piece with
 * its future. It holds no arrays while it is empty.
 */
final class Writing {

  /** How often the transport is given bytes for one readiness. */
  private static final int MAX_CALLS = 16;

  private static final ByteBuffer[] NO_BUFFERS = {};
  private static final Future<@Nullable Void> COMPLETED = Future.succeeded(null);

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static final Future<@Nullable Void>[] NO_FUTURES = new Future[0];

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final IOStream stream;

  // The pieces from first up to but without end. Those before next were taken by the transport,
  // which has not handed them on yet.
  private ByteBuffer[] buffers = NO_BUFFERS;
  private Future<@Nullable Void>[] futures = NO_FUTURES;
  private int first;
  private int next;
  private int end;

  /** The bytes that the transport has taken. */
  long sent;

  /** The bytes that the transport has not taken. */
  private long unsent;

  /** Whether no more may be written: the output ends when all is sent. */
  private boolean ending;

  /** Whether the transport was told of the end of the output. */
  private boolean endSent;

  /** Whether the transport holds something back. */
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

  /** Writes {@code data}: now, if nothing is queued and the transport takes it. */
  Future<@Nullable Void> write(ByteBuffer data) {
    int length = data.remaining();
    if (length > maxBytes - unsent) {
      throw new StreamBufferFullException(
          "a write of "
              + length
              + " bytes to a stream with "
              + unsent
              + " unsent ones; setMaxWriteBufferSize() allows "
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

  /** Gives the transport what it takes, and completes what is done with. */
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

  /** Completes the pieces that are on their way. Their callbacks may write and close. */
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

  /** Returns a future that is done when no more than the low mark is unsent. */
  Future<@Nullable Void> whenWritable() {
    if (unsent <= highMark && writable == null) {
      return Future.succeeded(null);
    }
    if (writable == null) {
      writable = new Future<>();
    }
    return writable;
  }

  /** Ends the output after what is queued. */
  void shutdown() throws IOException {
    ending = true;
    if (!stream.connecting()) {
      flush();
    }
  }

  /** The stream is closed: nothing more will be sent. */
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
