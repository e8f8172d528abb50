package dev.ioloop.demo;

import dev.ioloop.Generator;
import org.jspecify.annotations.Nullable;

/**
 * A generator: its body runs to a {@code yield}, pauses there, and continues with the value that is
 * sent to it.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar generator</pre>
 */
final class NextAndSend implements Runnable {

  private static Generator<@Nullable Integer, @Nullable Integer, Void> test() {
    return Generator.of(
        g -> {
          System.out.println("enter");
          while (true) {
            Integer b = g.yield(null);
            g.yield(b);
          }
        });
  }

  @Override
  public void run() {
    try (var f = test()) {
      f.send(null); // the same as next()
      System.out.println(f.send(1));
      f.next();
      System.out.println(f.send(2));
      f.next();
      System.out.println(f.send(3));
      f.next();
    }
  }
}
