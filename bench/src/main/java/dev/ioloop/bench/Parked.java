package dev.ioloop.bench;

import static dev.ioloop.Gen.await;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

/**
 * A JVM that measures the heap of a suspended coroutine: 100,000 of them, each three calls deep, on
 * one loop of one peer. It first runs the same number to their ends, so that the code is compiled.
 */
final class Parked {
  private static final int COROUTINES = 100_000;

  /** The prefix of an answer. */
  private static final String BYTES = "bytes ";

  /**
   * Continuation: with an object to wait for, and no loop; -future: with a {@code
   * CompletableFuture} that resumes it. Virtual-thread: joins one.
   */
  static final List<String> PEERS =
      List.of(
          "ioloop-continuation",
          "ioloop-thread",
          "continuation",
          "continuation-future",
          "kotlin",
          "virtual-thread");

  /** Parks coroutines on a peer. */
  private interface Parking {
    /** Suspends all, and returns a task that resumes them. */
    Runnable park();
  }

  private Parked() {}

  /**
   * Measures one peer in a JVM of its own.
   *
   * @return the bytes of one coroutine
   */
  static long measure(String peer) throws IOException, Worker.Unavailable {
    Process process = Jvm.of(List.of(), Jvm.CLASS_PATH, Parked.class, peer).start();
    try (var lines = process.inputReader()) {
      String line = lines.readLine();
      if (line == null) {
        throw new Worker.Unavailable("its JVM ended without an answer");
      }
      if (!line.startsWith(BYTES)) {
        throw new Worker.Unavailable(line);
      }
      return Long.parseLong(line.substring(BYTES.length()));
    }
  }

  public static void main(String[] args) throws Exception {
    String peer = args[0];
    try {
      switch (peer) {
        case "ioloop-continuation" -> ours(peer, COROUTINES);
        case "ioloop-thread" -> ours(peer, COROUTINES / 50); // a thread each, on JDK 17
        case "continuation" -> {
          RawContinuation.check();
          print(Parked::continuations, COROUTINES);
        }
        case "continuation-future" -> {
          RawContinuation.check();
          print(Parked::continuationsAndFutures, COROUTINES);
        }
        case "virtual-thread" -> {
          try (Host threads = Host.of(peer)) {
            print(() -> virtualThreads(threads.executor()), COROUTINES);
          }
        }
        case "kotlin" -> {
          Host.Netty netty = new Host.Netty();
          Coroutines kotlin = Coroutines.inline(netty.eventLoop);
          netty.run(
              () -> {
                print(() -> kotlin.park(COROUTINES), COROUTINES);
                netty.finish();
              });
          netty.close();
        }
        default -> throw LoopBenchmark.unknown(peer);
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      System.out.println(e.getMessage());
    }
  }

  private static void ours(String peer, int coroutines) throws Exception {
    Host.Ours ours = Host.Ours.withGenerator(peer.substring(LoopBenchmark.OURS.length()));
    ours.run(
        () ->
            ours.loop.spawnCallback(
                () -> {
                  print(
                      () -> {
                        List<Future<Integer>> gates = new ArrayList<>(coroutines);
                        for (int i = 0; i < coroutines; i++) {
                          Future<Integer> gate = new Future<>();
                          gates.add(gate);
                          Gen.coroutine(() -> outer(gate));
                        }
                        return () -> {
                          gates.forEach(gate -> gate.setResult(1));
                          await(Gen.moment);
                          await(Gen.moment);
                        };
                      },
                      coroutines);
                  ours.finish();
                }));
    ours.close();
  }

  private static int outer(Future<Integer> gate) {
    return middle(gate) + 1;
  }

  private static int middle(Future<Integer> gate) {
    return inner(gate) + 1;
  }

  private static int inner(Future<Integer> gate) {
    return await(gate) + 1;
  }

  private static Runnable continuations() {
    List<Object> parked = new ArrayList<>(COROUTINES);
    for (int i = 0; i < COROUTINES; i++) {
      Object[] gate = {null, null};
      Object continuation = RawContinuation.create(() -> outer(gate));
      gate[0] = continuation;
      parked.add(continuation);
      RawContinuation.run(continuation);
    }
    return () -> parked.forEach(RawContinuation::run);
  }

  private static Runnable continuationsAndFutures() {
    List<CompletableFuture<Integer>> gates = new ArrayList<>(COROUTINES);
    for (int i = 0; i < COROUTINES; i++) {
      CompletableFuture<Integer> gate = new CompletableFuture<>();
      gates.add(gate);
      Object[] self = new Object[1];
      Object continuation = RawContinuation.create(() -> outer(self));
      gate.thenRun(() -> RawContinuation.run(continuation));
      RawContinuation.run(continuation);
    }
    return () -> gates.forEach(gate -> gate.complete(1));
  }

  private static Runnable virtualThreads(Executor threads) {
    List<CompletableFuture<Integer>> gates = new ArrayList<>(COROUTINES);
    CountDownLatch ended = new CountDownLatch(COROUTINES);
    for (int i = 0; i < COROUTINES; i++) {
      CompletableFuture<Integer> gate = new CompletableFuture<>();
      gates.add(gate);
      threads.execute(
          () -> {
            outer(gate);
            ended.countDown();
          });
    }
    while (gates.stream().anyMatch(gate -> gate.getNumberOfDependents() == 0)) {
      Thread.onSpinWait();
    }
    return () -> {
      gates.forEach(gate -> gate.complete(1));
      try {
        ended.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  private static int outer(CompletableFuture<Integer> gate) {
    return middle(gate) + 1;
  }

  private static int middle(CompletableFuture<Integer> gate) {
    return inner(gate) + 1;
  }

  private static int inner(CompletableFuture<Integer> gate) {
    return gate.join() + 1;
  }

  private static int outer(Object[] gate) {
    return middle(gate) + 1;
  }

  private static int middle(Object[] gate) {
    return inner(gate) + 1;
  }

  private static int inner(Object[] gate) {
    RawContinuation.suspend();
    return gate.length + 1;
  }

  private static void print(Parking parking, int coroutines) {
    parking.park().run();
    parking.park().run();
    long before = liveHeap();
    Runnable resume = parking.park();
    long after = liveHeap();
    resume.run();
    System.out.println(BYTES + Math.round((after - before) / (double) coroutines));
  }

  private static long liveHeap() {
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
