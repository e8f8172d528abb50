package dev.ioloop.net;

import dev.ioloop.Future;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One read of a stream: what it needs, and its future once it is pending. */
abstract class Read<T extends @Nullable Object> {
  static final byte[] EMPTY = {};

  private @Nullable Future<T> future;

  /** Returns the future of this pending read. */
  Future<T> future() {
    return Objects.requireNonNull(future);
  }

  /** Makes this read pending. */
  void await(Future<T> future) {
    this.future = future;
  }

  /**
   * Takes what this read needs and advances the position of {@code data}, which holds all bytes
   * that were received and not yet taken. Bytes left there are passed again, followed by more.
   *
   * @return null if more bytes are needed
   * @throws UnsatisfiableReadException if more bytes cannot satisfy this read
   */
  abstract @Nullable T take(ByteBuffer data);

  /**
   * Returns the result if the peer has ended and {@code data} is everything that is left, or null.
   */
  @Nullable T takeAtEnd(ByteBuffer data) {
    return null;
  }

  /** Returns why the bytes left at the end are refused, or null. */
  @Nullable UnsatisfiableReadException refusalAtEnd(ByteBuffer data) {
    return null;
  }

  /**
   * Completes the future if an empty rest at the peer's end is a result for this read; returns
   * whether it did.
   */
  boolean completeAtEnd(Future<T> future) {
    return false;
  }

  /** Returns the user's buffer if bytes may be received directly into it, or null. */
  @Nullable ByteBuffer target() {
    return null;
  }

  /** Returns the result if enough bytes were received into {@link #target}, or null. */
  @Nullable T received() {
    return null;
  }

  /** Returns how many bytes this unsatisfied read holds. */
  int held() {
    return 0;
  }

  /** Returns the bytes that this unsatisfied read took, for later reads, or null. */
  @Nullable ByteBuffer giveBack() {
    return null;
  }

  static byte[] bytes(ByteBuffer data, int length) {
    byte[] bytes = new byte[length];
    data.get(bytes);
    return bytes;
  }

  /** A fixed number of bytes or, if partial, at least one. */
  static final class Bytes extends Read<byte[]> {

    /** The most that is allocated before as many bytes have arrived. */
    private static final int EAGER = 256 << 10;

    private final int length;
    private final boolean partial;
    private byte[] filled = EMPTY;
    private int count;

    Bytes(int length, boolean partial) {
      this.length = length;
      this.partial = partial;
    }

    @Override
    byte @Nullable [] take(ByteBuffer data) {
      int here = data.remaining();
      if (count == 0 && (here >= length || partial && here > 0)) {
        return bytes(data, Math.min(here, length));
      }
      if (here == 0) {
        return null;
      }
      int more = Math.min(here, length - count);
      if (count + more > filled.length) {
        int capacity = Math.max(Math.max(EAGER, count + more), 2 * filled.length);
        filled = Arrays.copyOf(filled, Math.min(length, capacity));
      }
      data.get(filled, count, more);
      count += more;
      return count == length ? filled : null;
    }

    @Override
    int held() {
      return count;
    }

    @Override
    @Nullable ByteBuffer giveBack() {
      return count == 0 ? null : ByteBuffer.wrap(filled, 0, count);
    }
  }

  /** Bytes into the user's buffer: until it is full or, if partial, at least one. */
  static final class Into extends Read<Integer> {
    private final ByteBuffer target;
    private final boolean partial;
    private final int start;

    Into(ByteBuffer target, boolean partial) {
      this.target = target;
      this.partial = partial;
      this.start = target.position();
    }

    @Override
    @Nullable Integer take(ByteBuffer data) {
      int length = Math.min(data.remaining(), target.remaining());
      target.put(target.position(), data, data.position(), length);
      target.position(target.position() + length);
      data.position(data.position() + length);
      return received();
    }

    @Override
    @Nullable ByteBuffer target() {
      return target.isDirect() ? target : null;
    }

    @Override
    @Nullable Integer received() {
      int count = target.position() - start;
      return !target.hasRemaining() || partial && count > 0 ? count : null;
    }

    @Override
    @Nullable ByteBuffer giveBack() {
      if (target.position() == start) {
        return null;
      }
      ByteBuffer taken = target.duplicate().flip().position(start);
      target.position(start);
      return taken;
    }
  }

  /** Everything up to and including a delimiter. The search continues where it stopped. */
  static final class Until extends Read<byte[]> {
    private final byte[] delimiter;
    private final int maxBytes;

    /** How many leading positions are known not to start a delimiter. */
    private int searched;

    Until(byte[] delimiter, int maxBytes) {
      this.delimiter = delimiter;
      this.maxBytes = maxBytes;
    }

    @Override
    byte @Nullable [] take(ByteBuffer data) {
      int end = find(data);
      if (end > maxBytes || end < 0 && data.remaining() >= maxBytes) {
        throw new UnsatisfiableReadException("delimiter not found within " + maxBytes + " bytes");
      }
      return end < 0 ? null : bytes(data, end);
    }

    /** Returns the number of bytes up to the end of the delimiter, or -1. */
    private int find(ByteBuffer data) {
      int start = data.position();
      int last = data.limit() - delimiter.length;
      byte first = delimiter[0];
      int i = start + searched;
      for (; i <= last; i++) {
        if (data.get(i) == first && matches(data, i)) {
          return i + delimiter.length - start;
        }
      }
      searched = i - start;
      return -1;
    }

    private boolean matches(ByteBuffer data, int at) {
      for (int i = 1; i < delimiter.length; i++) {
        if (data.get(at + i) != delimiter[i]) {
          return false;
        }
      }
      return true;
    }
  }

  /** Everything until the peer ends. */
  static final class UntilClose extends Read<byte[]> {
    @Override
    byte @Nullable [] take(ByteBuffer data) {
      return null;
    }

    @Override
    byte[] takeAtEnd(ByteBuffer data) {
      return bytes(data, data.remaining());
    }
  }
}
