package dev.ioloop.demo.serve;

import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/** A message of the chat. It comes from outside, so any part may be missing. */
record ChatLine(@Nullable String name, @Nullable String text) {
  private static final int MAX_NAME = 40;

  /**
   * Returns what is wrong with this line, or null.
   *
   * @param maxBytes the longest text, in bytes of UTF-8
   */
  @Nullable String fault(int maxBytes) {
    if (name == null || name.isBlank() || name.length() > MAX_NAME) {
      return "A name has 1 to " + MAX_NAME + " characters.";
    }
    if (text == null || text.isBlank()) {
      return "There is nothing in that message.";
    }
    return ByteBufUtil.utf8Bytes(text) > maxBytes ? "That message is too long." : null;
  }
}
