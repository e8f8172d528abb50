package dev.ioloop.demo.serve;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What server and page say to each other: JSON, with the kind of a message in {@code type}. */
final class Messages {
  private static final Gson GSON = new Gson();

  /** How many characters JSON needs for one, and for names and braces, too. */
  private static final int MAX_ESCAPED = 8;

  private record Loops(String chat, int clients, List<LoopState> loops) {}

  private record Notice(String text) {}

  private Messages() {}

  /**
   * Loads what the first messages need, which takes a busy machine hundreds of milliseconds: no
   * event loop should stand still for it.
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

  /** Something to tell one person. */
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
   * Returns what another server's browser says, or null where it is none of what is said here.
   *
   * @param maxBytes how long a text may be, as where it is typed
   */
  static @Nullable ChatLine relayed(String json, int maxBytes) {
    if (json.length() > MAX_ESCAPED * (long) maxBytes) {
      return null; // not even parsed
    }
    ChatLine line = chatLine(json);
    return line == null || line.fault(maxBytes) != null ? null : line;
  }

  /** Returns what somebody says, or null where it cannot be understood. */
  static @Nullable ChatLine chatLine(String json) {
    try {
      return GSON.fromJson(json, ChatLine.class);
    } catch (JsonParseException e) {
      return null;
    }
  }
}
