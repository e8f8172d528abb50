package dev.ioloop.net;

import java.nio.ByteBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * All up to the end of the first match of a pattern, which sees each byte as the character with its
 * value. A search goes on at the first start that more input could change: those before it matched
 * nothing without having looked at the end.
 */
final class ReadUntilRegex extends Read<byte[]> implements CharSequence {
  private final Matcher matcher;
  private final int maxBytes;

  private ByteBuffer data = ByteBuffer.allocate(0);

  /** How many starts are done with. */
  private int done;

  ReadUntilRegex(Pattern pattern, int maxBytes) {
    // Look-behind and ^ see what is before the region, and that the region is not the whole.
    this.matcher = pattern.matcher("").useAnchoringBounds(false).useTransparentBounds(true);
    this.maxBytes = maxBytes;
  }

  @Override
  byte @Nullable [] take(ByteBuffer data) {
    this.data = data;
    int size = data.remaining();
    matcher.reset(this).region(done, size);
    if (matcher.find()) {
      if (matcher.end() <= maxBytes) {
        return bytes(data, matcher.end());
      }
    } else if (size < maxBytes) {
      passStarts(size);
      return null;
    }
    throw new UnsatisfiableReadException("pattern not matched within " + maxBytes + " bytes");
  }

  private void passStarts(int size) {
    while (done < size && !matcher.region(done, size).lookingAt() && !matcher.hitEnd()) {
      done++;
    }
  }

  @Override
  public int length() {
    return data.remaining();
  }

  @Override
  public char charAt(int index) {
    return (char) (data.get(data.position() + index) & 0xff);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    char[] chars = new char[end - start];
    for (int i = 0; i < chars.length; i++) {
      chars[i] = charAt(start + i);
    }
    return new String(chars);
  }

  @Override
  public String toString() {
    return subSequence(0, length()).toString();
  }
}
