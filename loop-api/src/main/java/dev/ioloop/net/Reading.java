package dev.ioloop.net;

import dev.ioloop.Future;
import dev.ioloop.diagnostics.Described;
import dev.ioloop.spi.StreamBuffers;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The reading side of one stream: the received bytes, and the one read that is pending. As a {@link
 * Runnable} it drops that read when its future is cancelled.
 *
 * <p>A read first tries the bytes received before, then one attempt on the transport, and then
 * waits for readiness. The attempt is skipped if recent attempts found nothing. Between two
 * readiness events a stream receives at most {@link #RATION_READS} times or {@link #RATION_BYTES}
 * bytes, so that a flooding peer does not starve the others.
 */
final class Reading implements Runnable, Described {
  private static final int DEFAULT_MAX_BYTES = 100 << 20;
  private static final int RATION_READS = 16;
  private static final int RATION_BYTES = StreamBuffers.SIZE;

  /** How many bytes are kept for later reads after writing has failed. */
  private static final int MAX_DRAINED = 4 * StreamBuffers.SIZE;

  /** How many attempts in a row may find nothing before attempts are skipped. */
  private static final int PATIENCE = 2;

  /** Once patience is exhausted, one read in this many still tries. */
  private static final int PROBE_EVERY = 64;

  private final IOStream stream;
  private final ReadBuffer buffer = new ReadBuffer();

  /** The pending read. */
  private @Nullable Read<?> pending;

  /** Whether receiving has ended. */
  private boolean ended;

  /** Whether it ended because the peer ended its output. */
  private boolean peerEnded;

  /** Whether the last receive emptied the transport. */
  private boolean drained;

  int maxBytes = DEFAULT_MAX_BYTES;

  /** How many bytes were received. */
  long received;

  // Received since the last readiness.
  private int readsInRation;
  private int bytesInRation;

  /** How many attempts are left; below zero, how many reads have skipped theirs. */
  private int patience = PATIENCE;

  Reading(IOStream stream) {
    this.stream = stream;
  }

  /** Returns whether a read is pending. */
  boolean isPending() {
    return waiting() != null;
  }

  /** Returns the pending read, or null. */
  private @Nullable Read<?> waiting() {
    forgetCancelled();
    return pending;
  }

  /** Returns whether the peer's end was received, so that no bytes are missing. */
  boolean peerEnded() {
    return peerEnded;
  }

  boolean hasUnread() {
    forgetCancelled();
    return !buffer.isEmpty();
  }

  /** Returns whether the transport should report bytes or the end of input. */
  boolean wantsReadiness() {
    return isPending() || !ended && stream.detectsClose() && buffer.isEmpty();
  }

  /** Called on any thread when the future of a read is cancelled. */
  @Override
  public void run() {
    stream.inLoop(this::forgetCancelled);
  }

  private void forgetCancelled() {
    Read<?> read = pending;
    if (read != null && read.future().isDone()) {
      pending = null;
      restore(read);
    }
  }

  /** Puts back the bytes that an unsatisfied read has taken. The buffer is empty at this point. */
  private void restore(Read<?> read) {
    ByteBuffer taken = read.giveBack();
    if (taken != null) {
      buffer.append(taken);
    }
  }

  /** Begins a read. The future is already done if the read need not wait. */
  <T extends @Nullable Object> Future<T> begin(Read<T> read) {
    if (isPending()) {
      throw new IllegalStateException(
          "already reading; await the pending read or cancel its future: " + stream);
    }
    T value;
    try {
      value = fromBuffer(read);
      if (value == null && !ended && mayTry()) {
        int before = bytesInRation;
        value = receive(read);
        patience = bytesInRation == before ? patience - 1 : PATIENCE;
        if (value == null && ended) {
          return endedInLine(read);
        }
      }
    } catch (IOException e) {
      restore(read);
      stream.closeBy(e);
      return failed(stream.error()); // The error of an earlier failed write takes precedence.
    } catch (UnsatisfiableReadException | StreamBufferFullException | StackOverflowError e) {
      restore(read);
      stream.closeBy(e);
      return failed(e);
    }
    if (value == null && ended) {
      return atEnd(read);
    }
    if (value != null) {
      return Future.succeeded(value);
    }
    Future<T> future = Future.owned(this);
    read.await(future);
    pending = read;
    stream.readiness().watchReading();
    return future;
  }

  @Override
  public String toString() {
    return "bytes of " + stream;
  }

  /**
   * Serves a read that begins after the end of input: gives it the remaining bytes, or fails it.
   */
  private <T extends @Nullable Object> Future<T> atEnd(Read<T> read) {
    Throwable refusal = stream.error() == null ? read.refusalAtEnd(buffer.bytes()) : null;
    if (refusal != null) {
      stream.closeBy(refusal);
      return failed(refusal);
    }
    T value = stream.error() == null ? read.takeAtEnd(buffer.bytes()) : null;
    buffer.trim();
    if (value == null) {
      restore(read);
    }
    if (!stream.allowsHalfClose()) {
      stream.closeBy(null);
    }
    if (value != null) {
      return Future.succeeded(value);
    }
    if (stream.error() == null) {
      Future<T> future = new Future<>();
      if (read.completeAtEnd(future)) {
        return future;
      }
    }
    throw new StreamClosedException(stream.error());
  }

  private <T extends @Nullable Object> Future<T> endedInLine(Read<T> read) {
    try {
      return atEnd(read);
    } catch (StreamClosedException e) {
      return failed(e.realError());
    }
  }

  private static <T extends @Nullable Object> Future<T> failed(@Nullable Throwable error) {
    Future<T> future = new Future<>();
    fail(future, error);
    return future;
  }

  /**
   * Fails a future without reporting it if nobody retrieves the exception: the stream itself
   * reports its end.
   */
  static void fail(Future<?> future, @Nullable Throwable error) {
    if (future.completeExceptionally(new StreamClosedException(error))) {
      future.exception();
    }
  }

  private <T extends @Nullable Object> @Nullable T fromBuffer(Read<T> read) {
    if (buffer.isEmpty()) {
      return null;
    }
    T value = read.take(buffer.bytes());
    buffer.trim();
    if (ended) {
      noticeEnd();
    } else if (wantsReadiness()) {
      stream.readiness().watchReading(); // The buffer is empty now, so watch for the end.
    }
    return value;
  }

  private void beginRation() {
    readsInRation = 0;
    bytesInRation = 0;
    drained = false;
  }

  private boolean hasRation() {
    return readsInRation < RATION_READS && bytesInRation < RATION_BYTES;
  }

  private boolean mayTry() {
    if (stream.connecting() || !hasRation()) {
      return false;
    }
    if (patience <= 0 && --patience > -PROBE_EVERY) {
      return false;
    }
    patience = Math.max(patience, 1);
    return true;
  }

  /** Receives once. Bytes that {@code read} does not take go to the buffer. */
  private <T extends @Nullable Object> @Nullable T receive(@Nullable Read<T> read)
      throws IOException {
    boolean first = buffer.isEmpty();
    ByteBuffer target = read != null && first ? read.target() : null;
    int ration = Math.max(1, RATION_BYTES - bytesInRation);
    if (read != null && target != null) {
      int limit = target.limit();
      target.limit(target.position() + Math.min(target.remaining(), ration));
      try {
        receiveInto(target);
      } finally {
        target.limit(limit);
      }
      return read.received();
    }
    int room = maxBytes - buffer.size() - (read == null ? 0 : read.held());
    ByteBuffer input = stream.buffers().input();
    input.limit(Math.min(ration, Math.max(1, room)));
    receiveInto(input);
    input.flip();
    if (room <= 0 && input.hasRemaining()) { // No bytes, or the end, would be fine.
      throw new StreamBufferFullException(
          "a read needs more than the " + maxBytes + " bytes that setMaxBufferSize() allows");
    }
    T value = null;
    try {
      if (read != null && first) {
        value = read.take(input);
      }
    } finally {
      buffer.append(input);
    }
    return read == null || first ? value : fromBuffer(read);
  }

  private void receiveInto(ByteBuffer target) throws IOException {
    int room = target.remaining();
    int count = stream.transport().read(target);
    readsInRation++;
    bytesInRation += Math.max(0, count);
    received += Math.max(0, count);
    drained = count < room;
    if (count < 0) {
      ended = true;
      peerEnded = true;
    }
  }

  /** Called when the transport is ready: receives for the pending read, or looks for the end. */
  void ready() throws IOException {
    beginRation();
    while (!drained && hasRation()) {
      if (!wantsReadiness() || receiveAndDeliver(pending)) {
        return;
      }
    }
    if (ended) {
      noticeEnd();
    }
  }

  private <T extends @Nullable Object> boolean receiveAndDeliver(@Nullable Read<T> read)
      throws IOException {
    T value = receive(read);
    if (read == null || value == null) {
      return false;
    }
    pending = null;
    read.future().complete(value);
    return true;
  }

  /** Handles the peer's end: closes the stream once all received bytes have been read. */
  void noticeEnd() {
    if (!ended || stream.over()) {
      return;
    }
    Read<?> read = waiting();
    if (read != null) {
      Throwable refusal = read.refusalAtEnd(buffer.bytes());
      if (refusal == null && stream.allowsHalfClose()) {
        endRead(read, stream.error());
      } else {
        stream.closeBy(refusal);
      }
    } else if (buffer.isEmpty() && stream.detectsClose()) {
      stream.closeSoon();
    }
  }

  /**
   * After a failed write, receives one ration of the bytes that arrived before it.
   *
   * @return whether nothing is left to receive, or as much is buffered as is kept for later reads
   */
  boolean drain() {
    beginRation();
    try {
      while (!drained && hasRation()) {
        receiveAndDeliver(waiting());
      }
    } catch (IOException | RuntimeException | StackOverflowError e) {
      return true; // The first error is already closing the stream.
    }
    return drained || buffer.size() >= Math.min(maxBytes, MAX_DRAINED);
  }

  /** Called when the stream is closed: ends the pending read. Received bytes can still be read. */
  void close(@Nullable Throwable error) {
    ended = true;
    Read<?> read = waiting();
    if (read != null) {
      endRead(read, error);
    }
  }

  private <T extends @Nullable Object> void endRead(Read<T> read, @Nullable Throwable reason) {
    pending = null;
    Throwable error = reason == null ? read.refusalAtEnd(buffer.bytes()) : reason;
    T value = error == null ? read.takeAtEnd(buffer.bytes()) : null;
    buffer.trim();
    Future<T> future = read.future();
    if (value != null) {
      future.complete(value);
    } else if (error != null || !read.completeAtEnd(future)) {
      restore(read);
      fail(future, error);
    }
  }
}
