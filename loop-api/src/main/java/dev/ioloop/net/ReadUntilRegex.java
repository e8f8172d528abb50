package dev.ioloop.net;

import java.nio.ByteBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Everything up to the end of the first match of a pattern, which sees each byte as the character
 * with that value. A search resumes at the first start position that more input could change: the
 * positions before it failed to match without reaching the end of input.
 */
final class ReadUntilRegex extends Read<byte[]> implements CharSequence {
  private final Matcher matcher;
  private final int maxBytes;

  private ByteBuffer data = ByteBuffer.allocate(0);

  /** How many leading start positions can no longer match. */
  private int done;

  ReadUntilRegex(Pattern pattern, int maxBytes) {
    // With these bounds look-behind sees the bytes before the region, and ^ matches only at the
    // real start.
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
