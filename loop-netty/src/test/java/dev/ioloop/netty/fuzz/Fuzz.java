package dev.ioloop.netty.fuzz;

import dev.ioloop.IOLoop;
import java.time.Duration;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs programs on one backend and with one flavour, one after the other, and compares each with
 * the model, and what it leaves behind with what was there before.
 */
final class Fuzz {
  /** How many programs run before anything is measured. */
  private static final int WARM_UP = 3;

  private final String backend;
  private final Flavour flavour;
  private volatile @Nullable Program current;
  private volatile long count;
  private volatile long bytes;

  Fuzz(String backend, Flavour flavour) {
    this.backend = backend;
    this.flavour = flavour;
  }

  /** Returns the program that runs at present. */
  @Nullable Program current() {
    return current;
  }

  /** Returns how many programs have run. */
  long count() {
    return count;
  }

  /** Returns how many bytes they have read. */
  long bytes() {
    return bytes;
  }

  /**
   * Runs programs until a time is over.
   *
   * @param seeds the seed of the program with this number
   */
  void run(Duration time, LongUnaryOperator seeds) throws Exception {
    try (IOLoop loop = IOLoop.create(backend);
        Log log = new Log()) {
      loop.runSync(
          () -> {
            try (Connections connections = new Connections(flavour)) {
              Leftovers leftovers = null;
              long begin = System.nanoTime();
              while (count <= WARM_UP || System.nanoTime() - begin < time.toNanos()) {
                if (count == WARM_UP) {
                  leftovers = new Leftovers();
                }
                Program program = Program.of(seeds.applyAsLong(count), flavour);
                current = program;
                bytes += new Round(program, connections).run();
                log.check();
                if (leftovers != null) {
                  leftovers.check();
                }
                count++;
              }
              leftovers.checkMemory();
            }
          });
    }
  }
}
