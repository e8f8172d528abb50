package dev.ioloop.demo.serve;

import dev.ioloop.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Carries the messages of the chat to all participants. */
interface Relay {

  /** Prepares the relay. */
  Future<@Nullable Void> open();

  /**
   * Carries one line. Called on any event loop.
   *
   * @return a future that is done when the line is on its way, and fails if it reached only this
   *     server's browsers
   */
  Future<@Nullable Void> say(ChatLine line);

  /** Returns the state of the connection between servers, for people. */
  String state();

  /** Undoes {@link #open}. Called before the event loops end. */
  Future<@Nullable Void> close();

  /** Returns a relay for a single server. */
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
