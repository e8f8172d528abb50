package dev.ioloop.bench;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/**
 * What can be compared, with whom, and how good ioloop wants to be. Each is one JMH benchmark,
 * whose annotations say which peers there are and how many operations one call does.
 */
enum Measure {
  CHAIN(
      "callback, each posted by the one before",
      CallbackBenchmark.class,
      "chain",
      List.of("netty"),
      new Target("ioloop-epoll", "netty", 0.9)),
  BATCH(
      "callback, 1,000 posted at once",
      CallbackBenchmark.class,
      "batch",
      List.of("netty"),
      new Target("ioloop-epoll", "netty", 0.7)),
  AWAIT(
      "await of a pending future",
      AwaitBenchmark.class,
      "pending",
      List.of("continuation", "kotlin"),
      new Target("ioloop-continuation", "continuation", 1.25)),
  MOMENT(
      "await of moment", MomentBenchmark.class, "moment", List.of("continuation", "kotlin"), null),
  DONE("await of a future that is done", DoneBenchmark.class, "done", List.of("kotlin"), null),
  SPAWN(
      "coroutine that awaits a pending future once",
      SpawnBenchmark.class,
      "spawn",
      List.of("continuation", "kotlin"),
      new Target("ioloop-continuation", null, 250)),
  LOCK(
      "lock acquired and released, without a wait",
      LockBenchmark.class,
      "lock",
      List.of("kotlin"),
      new Target("ioloop-continuation", null, 60)),
  QUEUE(
      "item put into a queue and got, without a wait",
      LockBenchmark.class,
      "queue",
      List.of("kotlin"),
      new Target("ioloop-continuation", null, 60)),
  TIMER_GUARD(
      "timer added, then cancelled, a million others pending",
      TimerBenchmark.class,
      "guard",
      List.of("netty"),
      new Target("ioloop", "netty", 0.5)),
  TIMER_REPLACE(
      "random one of a million timers cancelled and replaced",
      TimerBenchmark.class,
      "replace",
      List.of("netty"),
      new Target("ioloop", "netty", 0.5));

  /**
   * The most that a peer may cost: so many times what another costs, or so many nanoseconds where
   * no other is named.
   */
  record Target(String peer, @Nullable String reference, double limit) {}

  final String title;

  /** The peers that others are compared with. */
  final List<String> references;

  final @Nullable Target target;
  private final Class<? extends LoopBenchmark> benchmark;
  private final Method method;

  Measure(
      String title,
      Class<? extends LoopBenchmark> benchmark,
      String method,
      List<String> references,
      @Nullable Target target) {
    this.title = title;
    this.references = references;
    this.target = target;
    this.benchmark = benchmark;
    try {
      this.method = benchmark.getMethod(method);
    } catch (NoSuchMethodException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Returns the name for the command line and for files. */
  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  List<String> peers() throws NoSuchFieldException {
    return List.of(benchmark.getField("peer").getAnnotation(Param.class).value());
  }

  /** Returns the number of operations of one {@link #run}. */
  int operations() {
    return method.getAnnotation(OperationsPerInvocation.class).value();
  }

  LoopBenchmark open(String peer) throws Exception {
    LoopBenchmark opened = benchmark.getConstructor().newInstance();
    benchmark.getField("peer").set(opened, peer);
    opened.setUp();
    return opened;
  }

  /** Returns how long the operations took on the loop's thread, in nanoseconds. */
  long run(LoopBenchmark opened) throws Exception {
    try {
      return (long) method.invoke(opened);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }
}
