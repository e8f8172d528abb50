package dev.ioloop.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The workloads of servers' clients, and the targets for ioloop. */
enum ServerWorkload {
  ONE(
      "echo: 64 bytes, one connection",
      1,
      64,
      1,
      new Target("ioloop-epoll", Metric.TIME, "netty-epoll", 0.6),
      new Target("ioloop-epoll", Metric.CPU, "netty-epoll", 1.1)),
  MANY(
      "echo: 64 bytes, 64 connections",
      64,
      64,
      1,
      new Target("ioloop-epoll", Metric.CPU, "netty-epoll", 1),
      new Target("ioloop-epoll", Metric.P99, "netty-epoll", 1.2),
      new Target("ioloop-epoll", Metric.CPU, "c-epoll", 1.1),
      new Target("ioloop-nio", Metric.CPU, "netty-nio", 1.05),
      new Target("ioloop-epoll-buffer", Metric.BYTES, null, 200)),
  PIPELINED(
      "echo: 64 bytes, 64 connections, 16 in flight on each",
      64,
      64,
      16,
      new Target("ioloop-epoll", Metric.CPU, "netty-epoll", 1.05)),
  LARGE(
      "echo: 64 KiB, 16 connections",
      16,
      64 * 1024,
      1,
      new Target("ioloop-epoll-buffer", Metric.CPU, "netty-epoll", 1.05)),
  HTTP(
      "HTTP, 64 connections, an answer at once",
      List.of("http-callback", "http-coroutine"),
      new Target("http-coroutine", Metric.CPU, "http-callback", 1 / 0.95)),
  HTTP_AWAIT(
      "HTTP, 64 connections, an answer to be waited for",
      List.of("http-await-callback", "http-await-coroutine", "http-virtual-thread"),
      new Target("http-await-coroutine", Metric.CPU, "http-await-callback", 1 / 0.9),
      new Target("http-await-coroutine", Metric.CPU, "http-virtual-thread", 1 / 1.3));

  /** The cost of one request to a server in one round: nanoseconds, except the allocated bytes. */
  record Sample(double cpu, double time, double median, double p99, double bytes) {}

  /** What a target limits. */
  enum Metric {
    CPU("CPU", "ns", Sample::cpu),
    TIME("time", "ns", Sample::time),
    MEDIAN("median", "ns", Sample::median),
    P99("p99", "ns", Sample::p99),
    BYTES("bytes", "bytes", Sample::bytes);

    final String title;
    final String unit;
    final ToDoubleFunction<Sample> of;

    Metric(String title, String unit, ToDoubleFunction<Sample> of) {
      this.title = title;
      this.unit = unit;
      this.of = of;
    }
  }

  /** The most that a peer may have: a multiple of another peer's value, or an absolute value. */
  record Target(String peer, Metric metric, @Nullable String reference, double limit) {}

  final String title;
  final int connections;
  final byte[] request;
  final int responseLength;

  /** The number of requests in flight on one connection. */
  final int depth;

  final List<String> peers;

  /** The peer that all others are compared with. */
  final String reference;

  final List<Target> targets;

  /** Echoes of so many bytes. */
  ServerWorkload(String title, int connections, int size, int depth, Target... targets) {
    this.title = title;
    this.connections = connections;
    this.request = new byte[size];
    this.responseLength = size;
    this.depth = depth;
    this.peers = ServerPeers.ECHO;
    this.reference = "netty-epoll";
    this.targets = List.of(targets);
  }

  /** HTTP requests; all others are compared with the first peer. */
  ServerWorkload(String title, List<String> peers, Target... targets) {
    this.title = title;
    this.connections = 64;
    this.request = HttpPeers.REQUEST;
    this.responseLength = HttpPeers.RESPONSE_LENGTH;
    this.depth = 1;
    this.peers = peers;
    this.reference = peers.get(0);
    this.targets = List.of(targets);
  }

  /** Returns the name for the command line and for files. */
  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
