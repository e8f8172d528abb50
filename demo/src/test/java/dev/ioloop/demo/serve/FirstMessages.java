package dev.ioloop.demo.serve;

import dev.ioloop.IOLoop;
import java.util.List;

/**
 * A program that listens and then says what servers and pages say first, for {@link MessagesIT}.
 */
final class FirstMessages {
  static final String LISTENING = "now it listens";

  private FirstMessages() {}

  public static void main(String[] arguments) {
    try (IOLoop loop = IOLoop.create()) {
      Serve serve = new Serve("nio", 1, new Access(List.of()), Limits.DEFAULT, null);
      System.out.println(LISTENING);
      System.out.println(Messages.chatLine(Messages.chat(new ChatLine("ada", "hello"))));
      System.out.println(Messages.notice("a"));
      LoopState state = new LoopState("", "", "", 1, 2, 3, 4, 5, 6, 7, "", List.of(""));
      System.out.println(Messages.loops("", 1, List.of(state)));
      System.out.println(Messages.chatLine("what is no message"));
      loop.runSync(serve::close);
    }
  }
}
