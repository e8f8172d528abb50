package dev.ioloop.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What the clients of the echo benchmark do, and how good ioloop wants to be at it. */
enum EchoWorkload {
  ONE(
      "64 bytes, one connection",
      1,
      64,
      1,
      new Target("ioloop-epoll", Metric.TIME, "netty-epoll", 1 / 1.5),
      new Target("ioloop-epoll", Metric.CPU, "netty-epoll", 1.1)),
  MANY(
      "64 bytes, 64 connections",
      64,
      64,
      1,
      new Target("ioloop-epoll", Metric.CPU, "netty-epoll", 1),
      new Target("ioloop-epoll", Metric.P99, "netty-epoll", 1.2),
      new Target("ioloop-epoll", Metric.CPU, "c-epoll", 1.1),
      new Target("ioloop-nio", Metric.CPU, "netty-nio", 1.05),
      new Target("ioloop-epoll-buffer", Metric.BYTES, null, 200)),
  PIPELINED(
      "64 bytes, 64 connections, 16 in flight on each",
      64,
      64,
      16,
      new Target("ioloop-epoll", Metric.CPU, "netty-epoll", 1.05)),
  LARGE(
      "64 KiB, 16 connections",
      16,
      64 * 1024,
      1,
      new Target("ioloop-epoll-buffer", Metric.CPU, "netty-epoll", 1.05));

  /** What one message cost a server in one round: nanoseconds, but for the bytes it allocated. */
  record Sample(double cpu, double time, double median, double p99, double bytes) {}

  /** What is judged. */
  enum Metric {
    CPU("CPU", Sample::cpu),
    TIME("time", Sample::time),
    MEDIAN("median", Sample::median),
    P99("p99", Sample::p99),
    BYTES("bytes", Sample::bytes);

    final String title;
    final ToDoubleFunction<Sample> of;

    Metric(String title, ToDoubleFunction<Sample> of) {
      this.title = title;
      this.of = of;
    }
  }

  /** The most that a peer may have: so many times what another has, or so much. */
  record Target(String peer, Metric metric, @Nullable String reference, double limit) {}

  final String title;
  final int connections;
  final int size;

  /** How many messages of one connection are in flight. */
  final int depth;

  final List<Target> targets;

  EchoWorkload(String title, int connections, int size, int depth, Target... targets) {
    this.title = title;
    this.connections = connections;
    this.size = size;
    this.depth = depth;
    this.targets = List.of(targets);
  }

  /** Returns the name for the command line and for files. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
