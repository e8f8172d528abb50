package dev.ioloop.demo.serve;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The messages between server and page: JSON, with the kind of a message in {@code type}. */
final class Messages {
  private static final Gson GSON = new Gson();

  /** The characters that JSON needs for one character, and for names and braces. */
  private static final int MAX_ESCAPED = 8;

  private record Loops(String chat, int clients, List<LoopState> loops) {}

  private record Notice(String text) {}

  private Messages() {}

  /**
   * Loads the classes for the first messages. This takes hundreds of milliseconds on a busy
   * machine, and would otherwise block an event loop.
   */
  static void prepare() {
    LoopState state = new LoopState("", "", "", 0, 0, 0, 0, 0, 0, 0, "", List.of());
    loops("", 0, List.of(state));
    notice("");
    chatLine(chat(new ChatLine("", "")));
    chatLine("");
    chatLine("x");
  }

  static String chat(ChatLine line) {
    return typed("chat", line);
  }

  /** A notice for one user. */
  static String notice(String text) {
    return typed("notice", new Notice(text));
  }

  /**
   * The state of the server.
   *
   * @param chat how the chat reaches other servers
   */
  static String loops(String chat, int clients, List<LoopState> loops) {
    return typed("loops", new Loops(chat, clients, loops));
  }

  private static String typed(String type, Object message) {
    JsonObject json = GSON.toJsonTree(message).getAsJsonObject();
    json.addProperty("type", type);
    return GSON.toJson(json);
  }

  /**
   * Returns a line from another server, or null if it is not a valid one.
   *
   * @param maxBytes the longest text, as for this server's own users
   */
  static @Nullable ChatLine relayed(String json, int maxBytes) {
    if (json.length() > MAX_ESCAPED * (long) maxBytes) {
      return null; // not even parsed
    }
    ChatLine line = chatLine(json);
    return line == null || line.fault(maxBytes) != null ? null : line;
  }

  /** Returns a user's line, or null if it cannot be parsed. */
  static @Nullable ChatLine chatLine(String json) {
    try {
      return GSON.fromJson(json, ChatLine.class);
    } catch (JsonParseException e) {
      return null;
    }
  }
}
