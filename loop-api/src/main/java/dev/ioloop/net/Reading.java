package dev.ioloop.net;

import dev.ioloop.Future;
import dev.ioloop.diagnostics.Described;
import dev.ioloop.spi.StreamBuffers;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The reading side of one stream: what was received, and the one read that waits for more. It is
 * itself what forgets that read when its future is cancelled.
 *
 * <p>A read is tried on what was received before, then by an attempt on the transport, and waits
 * for readiness after that. The attempt is left out where it found nothing lately. At most {@link
 * #RATION_READS} receipts or {@link #RATION_BYTES} come straight from the transport between two
 * readinesses, so that a peer that floods lets the others have their turns.
 */
final class Reading implements Runnable, Described {
  private static final int DEFAULT_MAX_BYTES = 100 << 20;
  private static final int RATION_READS = 16;
  private static final int RATION_BYTES = StreamBuffers.SIZE;

  /** How many bytes are kept for reads to come when writing has failed. */
  private static final int MAX_DRAINED = 4 * StreamBuffers.SIZE;

  /** How many attempts in a row may find nothing until none is made. */
  private static final int PATIENCE = 2;

  /** Without patience, one read in so many makes an attempt all the same. */
  private static final int PROBE_EVERY = 64;

  private final IOStream stream;
  private final ReadBuffer buffer = new ReadBuffer();

  /** The read that waits. */
  private @Nullable Read<?> pending;

  /** Whether nothing more will be received. */
  private boolean ended;

  /** Whether that is because the peer has ended. */
  private boolean peerEnded;

  /** Whether the last receipt left nothing behind. */
  private boolean drained;

  int maxBytes = DEFAULT_MAX_BYTES;

  /** How many bytes have come. */
  long received;

  // What came since the last readiness.
  private int readsInRation;
  private int bytesInRation;

  /** The attempts that are left; below zero, how many reads made none. */
  private int patience = PATIENCE;

  Reading(IOStream stream) {
    this.stream = stream;
  }

  /** Returns whether a read waits. */
  boolean isPending() {
    return waiting() != null;
  }

  /** Returns the read that waits, or null. */
  private @Nullable Read<?> waiting() {
    forgetCancelled();
    return pending;
  }

  /** Returns whether the end of the peer was received, so that nothing of it is missing. */
  boolean peerEnded() {
    return peerEnded;
  }

  boolean hasUnread() {
    forgetCancelled();
    return !buffer.isEmpty();
  }

  /** Returns whether the transport shall tell of bytes, or of the end. */
  boolean wantsReadiness() {
    return isPending() || !ended && stream.detectsClose() && buffer.isEmpty();
  }

  /** Called when the future of a read was cancelled, on whatever thread. */
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

  /** Puts back what a read has taken that was not satisfied. The buffer is empty then. */
  private void restore(Read<?> read) {
    ByteBuffer taken = read.giveBack();
    if (taken != null) {
      buffer.append(taken);
    }
  }

  /** Begins a read. Its future is done where no waiting is needed. */
  <T extends @Nullable Object> Future<T> begin(Read<T> read) {
    if (isPending()) {
      throw new IllegalStateException(
          "already reading; await the read that is pending, or cancel its future: " + stream);
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
      return failed(stream.error()); // A write may have failed before.
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

  /** What a read gets that begins when the end is known: the rest, or an exception. */
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

  /** Fails a future without a report if nobody looks at it: the stream tells of its end itself. */
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
      stream.readiness().watchReading(); // The buffer is empty now: time to look for the end.
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

  /** Receives once. What {@code read} does not take goes to the buffer. */
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
    if (room <= 0 && input.hasRemaining()) { // Nothing, or the end, would have been no fault.
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

  /** The transport is ready: receives for the read that waits, or to find out about the end. */
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

  /** The peer has ended: closes the stream once nothing that was received stands in the way. */
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
   * Receives a ration of what came before writing has failed.
   *
   * @return whether that was all of it, or all that is kept for reads to come
   */
  boolean drain() {
    beginRation();
    try {
      while (!drained && hasRation()) {
        receiveAndDeliver(waiting());
      }
    } catch (IOException | RuntimeException | StackOverflowError e) {
      return true; // The stream is being closed by what came first.
    }
    return drained || buffer.size() >= Math.min(maxBytes, MAX_DRAINED);
  }

  /** The stream is closed: ends the read that waits. What was received can still be read. */
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
