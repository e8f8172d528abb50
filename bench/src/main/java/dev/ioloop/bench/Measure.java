package dev.ioloop.bench;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/**
 * The measures, with their peers and targets. Each is one JMH benchmark, whose annotations list the
 * peers and the number of operations of one call.
 */
enum Measure {
  CHAIN(
      "callback, each posted by the one before",
      CallbackBenchmark.class,
      "chain",
      List.of("netty"),
      Target.ratio("ioloop-epoll", "netty", 0.8),
      Target.ratio("ioloop-hosted", "netty", 1)),
  BATCH(
      "callback, 1,000 posted at once",
      CallbackBenchmark.class,
      "batch",
      List.of("netty"),
      Target.ratio("ioloop-epoll", "netty", 0.6),
      Target.ratio("ioloop-hosted", "netty", 1)),
  FOREIGN_1(
      "callback, posted by another thread",
      ForeignBenchmark.class,
      "one",
      List.of("netty"),
      Target.ratio("ioloop-epoll", "netty", 0.9)),
  FOREIGN_4(
      "callback, posted by four other threads",
      ForeignBenchmark.class,
      "four",
      List.of("netty"),
      Target.ratio("ioloop-epoll", "netty", 0.9)),
  WAKE_UP(
      "callback of another thread, the loop being asleep: until it runs",
      ForeignBenchmark.class,
      "wake",
      List.of("netty"),
      Target.ratio("ioloop-epoll", "netty", 1)),
  AWAIT(
      "await of a pending future",
      AwaitBenchmark.class,
      "pending",
      List.of("continuation", "continuation-future", "kotlin"),
      Target.ratio("ioloop-continuation", "kotlin", 1.1),
      Target.ratio("ioloop-continuation", "continuation", 1.15),
      Target.bytes("ioloop-continuation", 200)),
  DEEP(
      "await of a pending future, a hundred calls deep, with the calls",
      DeepBenchmark.class,
      "deep",
      List.of("continuation", "kotlin")),
  MULTI(
      "await of a hundred pending futures at once",
      MultiBenchmark.class,
      "multi",
      List.of("kotlin")),
  MOMENT(
      "await of moment",
      MomentBenchmark.class,
      "moment",
      List.of("continuation", "kotlin"),
      Target.ratio("ioloop-continuation", "continuation", 1.15)),
  DONE(
      "await of a future that is done",
      DoneBenchmark.class,
      "done",
      List.of("kotlin"),
      Target.more("ioloop-continuation", "call", 3)),
  SPAWN(
      "coroutine that awaits a pending future once",
      SpawnBenchmark.class,
      "spawn",
      List.of("continuation", "kotlin"),
      Target.ratio("ioloop-continuation", "kotlin", 0.8)),
  LOCK(
      "lock acquired and released, without a wait",
      LockBenchmark.class,
      "lock",
      List.of("kotlin"),
      Target.nanos("ioloop-continuation", 60)),
  LOCK_HAND_OVER(
      "lock handed over between two that hold it for a turn",
      LockBenchmark.class,
      "lockHandOver",
      List.of("kotlin")),
  QUEUE(
      "item put into a queue and got, without a wait",
      LockBenchmark.class,
      "queue",
      List.of("kotlin"),
      Target.nanos("ioloop-continuation", 60)),
  QUEUE_HAND_OVER(
      "item handed over through a queue of one",
      LockBenchmark.class,
      "queueHandOver",
      List.of("kotlin")),
  TIMER_GUARD(
      "timer added, then cancelled, a million others pending",
      TimerBenchmark.class,
      "guard",
      List.of("netty"),
      Target.ratio("ioloop", "netty", 0.3)),
  TIMER_REPLACE(
      "random one of a million timers cancelled and replaced",
      TimerBenchmark.class,
      "replace",
      List.of("netty"),
      Target.ratio("ioloop", "netty", 0.5)),
  TIMER_FIRE(
      "one of 100,000 timers fires: CPU time of the loop's thread",
      FireBenchmark.class,
      "fire",
      List.of("netty"),
      Target.ratio("ioloop-epoll", "netty", 0.5)),
  TIMER_LATE(
      "one of 100,000 timers fires: how late it is",
      FireBenchmark.class,
      "late",
      List.of("netty"),
      Target.nanos("ioloop-epoll", 1_000_000));

  /** The name for files and pictures. */
  static final String METRIC = "ns";

  /** The unit of a {@link Target}. */
  enum Unit {
    RATIO(""),
    NANOS(" ns"),
    MORE_NANOS(" ns more"),
    BYTES(" bytes");

    final String text;

    Unit(String text) {
      this.text = text;
    }
  }

  /**
   * The most that a peer may cost: a multiple of another peer's cost, a difference to it, or an
   * absolute value.
   */
  record Target(String peer, @Nullable String reference, Unit unit, double limit) {
    static Target ratio(String peer, String reference, double limit) {
      return new Target(peer, reference, Unit.RATIO, limit);
    }

    static Target nanos(String peer, double limit) {
      return new Target(peer, null, Unit.NANOS, limit);
    }

    static Target more(String peer, String reference, double limit) {
      return new Target(peer, reference, Unit.MORE_NANOS, limit);
    }

    static Target bytes(String peer, double limit) {
      return new Target(peer, null, Unit.BYTES, limit);
    }
  }

  final String title;

  /** The peers that the others are compared with. */
  final List<String> references;

  final List<Target> targets;
  private final Class<? extends LoopBenchmark> benchmark;
  private final Method method;

  Measure(
      String title,
      Class<? extends LoopBenchmark> benchmark,
      String method,
      List<String> references,
      Target... targets) {
    this.title = title;
    this.references = references;
    this.targets = List.of(targets);
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
