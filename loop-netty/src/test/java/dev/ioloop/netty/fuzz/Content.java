package dev.ioloop.netty.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The bytes that the connections carry, the same in every run: blocks of few letters, in which
 * delimiters and patterns are found soon, of line ends, of any bytes, and of one byte.
 */
final class Content {
  static final int SIZE = 12 << 20;

  private static final String[] ALPHABETS = {"abcd", "abcd\r\n", "ab", "abc d\n", "\r\n"};
  private static final byte[] BYTES = make();
  private static final ByteBuffer DIRECT = ByteBuffer.allocateDirect(SIZE).put(BYTES).flip();

  private Content() {}

  private static byte[] make() {
    SplittableRandom random = new SplittableRandom(1);
    byte[] bytes = new byte[SIZE];
    int end = 0;
    while (end < SIZE) {
      int from = end;
      end = Math.min(SIZE, from + 1 + random.nextInt(random.nextInt(8) == 0 ? 5000 : 300));
      int kind = random.nextInt(24);
      byte one = (byte) random.nextInt(256);
      String alphabet = ALPHABETS[kind < 14 ? 0 : (kind - 14) % ALPHABETS.length];
      for (int i = from; i < end; i++) {
        if (kind < 22) {
          bytes[i] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
        } else {
          bytes[i] = kind == 22 ? one : (byte) random.nextInt(256);
        }
      }
    }
    return bytes;
  }

  static byte[] array(int from, int length) {
    return Arrays.copyOfRange(BYTES, from, from + length);
  }

  static ByteBuffer heap(int from, int length) {
    return ByteBuffer.wrap(BYTES, from, length);
  }

  static ByteBuffer direct(int from, int length) {
    return DIRECT.slice(from, length);
  }

  /** Returns whether what remains in {@code bytes} is what stands here from {@code from} on. */
  static boolean matches(ByteBuffer bytes, int from) {
    return bytes.equals(ByteBuffer.wrap(BYTES, from, bytes.remaining()));
  }

  /** Returns how far from {@code from} the delimiter ends, or -1 if it does not within a limit. */
  static int find(byte[] delimiter, int from, int limit) {
    for (int i = from; i + delimiter.length <= from + limit; i++) {
      if (Arrays.equals(delimiter, 0, delimiter.length, BYTES, i, i + delimiter.length)) {
        return i + delimiter.length - from;
      }
    }
    return -1;
  }

  /** Returns a part as UTF-8. */
  static String utf8(int from, int length) {
    return new String(BYTES, from, length, StandardCharsets.UTF_8);
  }

  static byte at(int index) {
    return BYTES[index];
  }

  /** Returns a part as characters with the values of its bytes. */
  static CharSequence text(int from, int length) {
    return new Text(from, length);
  }

  private record Text(int from, int length) implements CharSequence {
    @Override
    public char charAt(int index) {
      return (char) (BYTES[from + index] & 0xff);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Text(from + start, end - start);
    }

    @Override
    public String toString() {
      return new String(BYTES, from, length, StandardCharsets.ISO_8859_1);
    }
  }
}
