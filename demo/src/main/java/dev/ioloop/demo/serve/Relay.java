package dev.ioloop.demo.serve;

import dev.ioloop.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Carries what is said in the chat to all who are in it. */
interface Relay {

  /** Makes ready. */
  Future<@Nullable Void> open();

  /**
   * Carries one line. Called on any event loop.
   *
   * @return is done when the line is on its way, and fails where it reached this server's browsers
   *     only
   */
  Future<@Nullable Void> say(ChatLine line);

  /** Returns what there is to say of the connection between servers, for people. */
  String state();

  /** Ends what {@link #open} has begun. Called before the event loops end. */
  Future<@Nullable Void> close();

  /** Returns one for a server that is alone. */
  static Relay local(Consumer<ChatLine> deliver) {
    return new Relay() {
      @Override
      public Future<@Nullable Void> open() {
        return Future.succeeded(null);
      }

      @Override
      public Future<@Nullable Void> say(ChatLine line) {
        deliver.accept(line);
        return Future.succeeded(null);
      }

      @Override
      public String state() {
        return "in this process";
      }

      @Override
      public Future<@Nullable Void> close() {
        return Future.succeeded(null);
      }
    };
  }
}
