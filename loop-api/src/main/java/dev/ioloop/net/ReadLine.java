package dev.ioloop.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ioloop.Future;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One line of text without its ending; null after the last one. */
final class ReadLine extends Read<@Nullable String> {
  private final int maxBytes;

  /** How many leading bytes are known to contain no newline. */
  private int searched;

  ReadLine(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  @Nullable String take(ByteBuffer data) {
    int start = data.position();
    int end = find(data);
    int length = end - start;
    if (length > 0 && data.get(end - 1) == '\r') {
      length--;
    }
    if (length > maxBytes) {
      throw tooLong();
    }
    if (end == data.limit()) {
      return null;
    }
    String line = text(data, length);
    data.position(end + 1);
    return line;
  }

  /** Returns the position of the first newline, or the limit. */
  private int find(ByteBuffer data) {
    int i = data.position() + searched;
    while (i < data.limit() && data.get(i) != '\n') {
      i++;
    }
    searched = i - data.position();
    return i;
  }

  @Override
  @Nullable String takeAtEnd(ByteBuffer data) {
    return data.hasRemaining() ? text(data, data.remaining()) : null;
  }

  /** At the end of input a trailing carriage return belongs to the line. */
  @Override
  @Nullable UnsatisfiableReadException refusalAtEnd(ByteBuffer data) {
    return data.remaining() > maxBytes ? tooLong() : null;
  }

  private UnsatisfiableReadException tooLong() {
    return new UnsatisfiableReadException("line not ended within " + maxBytes + " bytes");
  }

  @Override
  boolean completeAtEnd(Future<@Nullable String> future) {
    future.complete(null);
    return true;
  }

  private static String text(ByteBuffer data, int length) {
    return new String(bytes(data, length), UTF_8);
  }
}
