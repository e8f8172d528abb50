package dev.ioloop.demo.serve;

import org.jspecify.annotations.Nullable;

/** What somebody says in the chat. Comes from outside, so anything may be missing in it. */
record ChatLine(@Nullable String name, @Nullable String text) {
  private static final int MAX_NAME = 40;

  /** Returns what is wrong with this line, or null. */
  @Nullable String fault() {
    if (name == null || name.isBlank() || name.length() > MAX_NAME) {
      return "A name has 1 to " + MAX_NAME + " characters.";
    }
    return text == null || text.isBlank() ? "There is nothing in that message." : null;
  }
}
