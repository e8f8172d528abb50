package dev.ioloop.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Shared by all benchmarks. A subclass lists its peers as the values of the JMH parameter {@code
 * peer}. Its benchmark methods do one thing many times on the peer's loop, and return how long that
 * took on the loop's thread. JMH ignores that time: it measures from outside, including the way to
 * the loop's thread and back, which is why one invocation takes milliseconds.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED",
      "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
      "--enable-native-access=ALL-UNNAMED",
      "-XX:+UseG1GC",
      // Memory that is new to a process can be slow, especially on virtual machines.
      "-Xmx1g",
      "-Xms1g",
      "-XX:+AlwaysPreTouch"
    })
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class LoopBenchmark {
  /** The prefix of our own peers' names; a backend or a coroutine engine follows. */
  static final String OURS = "ioloop-";

  private Host host;
  private Runnable work;

  /** Chooses the loop of the present peer, or throws an exception with the reason why it cannot. */
  abstract void open() throws Exception;

  /** Sets the loop to measure on. */
  final void use(Host host) {
    this.host = host;
  }

  /**
   * Sets the loop to measure on, and the run: it begins on the host's thread and ends by its
   * finish().
   */
  final void use(Host host, Runnable work) {
    this.host = host;
    this.work = work;
  }

  static IllegalArgumentException unknown(String peer) {
    return new IllegalArgumentException("nothing is measured on a peer named \"" + peer + "\"");
  }

  final Host host() {
    return host;
  }

  final long work() throws Exception {
    return host.run(work);
  }

  /** Called on the thread that will measure. */
  @Setup
  public void setUp() throws Exception {
    open();
  }

  /** Called on the thread that measured. */
  @TearDown
  public void tearDown() {
    host.close();
  }
}
