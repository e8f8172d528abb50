package dev.ioloop.nio;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;

import dev.ioloop.Action;
import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.Generator;
import dev.ioloop.IOLoop;
import dev.ioloop.spi.Host;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import jdk.jfr.Recording;

/**
 * The program of {@link HeldMonitorsTest}: continuations yield below monitors of whoever entered
 * them. A thread that loses a monitor can end nothing in order, so the process is halted then.
 */
final class HeldMonitorsProgram {

  private static final Thread MAIN = Thread.currentThread();

  // What is held while a place is entered.
  private static Object outer = new Object();
  private static Object inner = new Object();

  private HeldMonitorsProgram() {}

  /** Runs the scenarios that the arguments name, and prints the name of each that has ended. */
  public static void main(String[] arguments) throws Exception {
    Gen.configure(arguments[0]);
    if (Boolean.getBoolean("observed")) {
      observe();
    }
    for (int i = 1; i < arguments.length; i++) {
      // To load a class takes monitors, enough to inflate those below by itself: so more than once.
      for (int round = 0; round < 3; round++) {
        scenario(arguments[i]);
      }
      System.out.println(arguments[i]);
    }
  }

  /** Looks at all threads and their monitors again and again, and records, until the end. */
  private static void observe() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    Thread observer =
        new Thread(
            () -> {
              try (Recording recording = new Recording()) {
                recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(1));
                recording
                    .enable("jdk.JavaMonitorEnter")
                    .withThreshold(Duration.ZERO)
                    .withStackTrace();
                recording.enable("jdk.JavaMonitorInflate").withThreshold(Duration.ZERO);
                recording.enable("jdk.ThreadDump").withPeriod(Duration.ofMillis(20));
                recording.start();
                while (true) {
                  ThreadInfo[] dump =
                      ManagementFactory.getThreadMXBean().dumpAllThreads(true, true);
                  check(dump.length > 0, "no thread was dumped");
                  begun.countDown();
                }
              }
            },
            "observer");
    observer.setDaemon(true);
    observer.start();
    begun.await();
  }

  private static void scenario(String name) throws Exception {
    switch (name) {
      case "coroutine" -> inLoop(loop -> below(() -> coroutine(HeldMonitorsProgram::waitForEver)));
      case "start" ->
          inLoop(
              loop -> {
                loop.spawnCallback(HeldMonitorsProgram::waitForEver);
                loop.addCallback(() -> loop.addCallback(loop::stop));
                below(loop::start);
              });
      case "runSync" ->
          inLoop(
              loop -> {
                loop.spawnCallback(HeldMonitorsProgram::waitForEver);
                below(() -> loop.runSync(() -> await(moment)));
              });
      case "close" ->
          inLoop(
              loop -> {
                coroutine(HeldMonitorsProgram::awaitWhenCancelled);
                coroutine(HeldMonitorsProgram::awaitWhenCancelled);
                below(loop::close);
              });
      case "turn" ->
          hosted(
              (loop, host) -> {
                loop.spawnCallback(HeldMonitorsProgram::waitForEver);
                below(host::runTurns);
              });
      case "turn that resumes" ->
          hosted(
              (loop, host) -> {
                Future<Void> gate = new Future<>();
                loop.spawnCallback(
                    () -> {
                      await(gate);
                      waitForEver();
                    });
                host.runTurns();
                gate.setResult(null);
                below(host::runTurns);
              });
      case "close of a hosted loop" ->
          hosted(
              (loop, host) -> {
                loop.spawnCallback(HeldMonitorsProgram::awaitWhenCancelled);
                loop.spawnCallback(HeldMonitorsProgram::awaitWhenCancelled);
                host.runTurns();
                below(
                    () -> {
                      loop.close();
                      host.runTurns();
                    });
              });
      case "first step" -> below(() -> endless().next());
      case "next" -> step(Generator::next);
      case "hasNext" -> step(Generator::hasNext);
      case "send" -> step(generator -> generator.send(null));
      case "raise" -> step(generator -> generator.raise(new CancellationException("raised")));
      case "close of a generator" -> step(HeldMonitorsProgram::closeInVain);
      case "nested" -> nested(70);
      case "many nested" -> nested(1_000);
      case "two loops" -> twoLoops(4);
      case "two loops for long" -> twoLoops(70);
      default -> throw new IllegalArgumentException(name);
    }
  }

  // One place at a time

  /** Calls {@code entry}, which enters a continuation that yields, while two monitors are held. */
  private static void below(Action entry) throws Exception {
    outer = new Object();
    inner = new Object();
    List<Thread> others = new ArrayList<>();
    synchronized (outer) {
      synchronized (inner) {
        entry.run();
        checkHeld("outside");
        others.add(blockedBy(outer));
        others.add(blockedBy(inner));
        checkHeld("after others wanted them");
      }
    }
    check(!Thread.holdsLock(outer) && !Thread.holdsLock(inner), "a monitor was kept for ever");
    for (Thread other : others) {
      other.join();
    }
  }

  private static void checkHeld(String where) {
    if (Thread.currentThread() == MAIN) { // A helper thread holds none.
      check(Thread.holdsLock(outer), "the outer monitor was lost, seen " + where);
      check(Thread.holdsLock(inner), "the inner monitor was lost, seen " + where);
    }
  }

  /** Returns a thread that waits for {@code monitor}. */
  private static Thread blockedBy(Object monitor) {
    Thread other =
        new Thread(
            () -> {
              synchronized (monitor) {
                check(Thread.holdsLock(monitor), "another thread did not get the monitor");
              }
            });
    other.start();
    while (other.getState() != Thread.State.BLOCKED) {
      check(other.getState() != Thread.State.TERMINATED, "another thread was not excluded");
      Thread.onSpinWait();
    }
    return other;
  }

  private static void check(boolean condition, String otherwise) {
    if (!condition) {
      System.out.println(otherwise);
      System.out.flush();
      Runtime.getRuntime().halt(1);
    }
  }

  private static void waitForEver() {
    await(new Future<>());
  }

  /** Looks for the monitors inside: at its end a coroutine gives back what it has taken along. */
  private static void awaitWhenCancelled() {
    try {
      waitForEver();
    } catch (CancellationException e) {
      checkHeld("inside");
      await(moment);
      checkHeld("inside");
    }
  }

  private interface InLoop {
    void run(IOLoop loop) throws Exception;
  }

  private static void inLoop(InLoop scenario) throws Exception {
    try (IOLoop loop = IOLoop.create("nio")) {
      loop.makeCurrent();
      scenario.run(loop);
    }
  }

  private interface OnHost {
    void run(IOLoop loop, ThisThread host) throws Exception;
  }

  private static void hosted(OnHost scenario) throws Exception {
    ThisThread host = new ThisThread();
    try (IOLoop loop = IOLoop.create("this thread", host)) {
      scenario.run(loop, host);
      loop.close();
      host.runTurns();
    }
  }

  /** A host that runs the turns when it is told to. */
  private static final class ThisThread implements Host {
    private final Thread thread = Thread.currentThread();
    private Runnable turn = () -> {};
    private boolean asked;

    void runTurns() {
      while (asked) {
        asked = false;
        turn.run();
      }
    }

    @Override
    public void host(Runnable turn) {
      this.turn = turn;
    }

    @Override
    public boolean isCurrent() {
      return Thread.currentThread() == thread;
    }

    @Override
    public boolean ownsThread() {
      return false;
    }

    @Override
    public void wakeup() {
      asked = true;
    }

    @Override
    public void callAt(long deadline, Runnable alarm) {}

    @Override
    public boolean hasEnded() {
      return false;
    }

    @Override
    public Registration register(SelectableChannel channel, int events, ReadyHandler handler) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Registration register(int fd, int events, ReadyHandler handler) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  private interface Step {
    void take(Generator<Integer, Void, Void> generator);
  }

  private static void step(Step step) throws Exception {
    Generator<Integer, Void, Void> generator = endless();
    generator.next();
    below(() -> step.take(generator));
  }

  private static Generator<Integer, Void, Void> endless() {
    return Generator.of(
        generator -> {
          for (int i = 0; ; i++) {
            try {
              generator.yield(i);
            } catch (CancellationException e) {
              // Yields again.
            }
          }
        });
  }

  private static void closeInVain(Generator<?, ?, ?> generator) {
    try {
      generator.close();
      check(false, "close() succeeded");
    } catch (IllegalStateException e) {
      // The body has yielded again.
    }
  }

  // Many at a time

  /** Starts coroutines below 1 to 20 monitors of all kinds. */
  private static void nested(int rounds) throws Exception {
    inLoop(
        loop -> {
          Nest nest = new Nest();
          for (int round = 0; round < rounds; round++) {
            for (int depth = 1; depth <= 20; depth++) {
              nest.enter(depth);
              nest.leave();
            }
            loop.runSync(() -> await(moment));
          }
        });
  }

  /** Monitors that are held inside each other. */
  private static final class Nest {
    private final List<Object> held = new ArrayList<>();
    private final List<Thread> others = new ArrayList<>();
    private int count;

    void enter(int depth) throws Exception {
      if (depth == 0) {
        startCoroutine();
        return;
      }
      boolean again = count % 3 == 0 && !held.isEmpty();
      Object monitor = again ? held.get(held.size() - 1) : new Object();
      synchronized (monitor) {
        held.add(monitor);
        count++;
        vary(monitor);
        enter(depth - 1);
        check(Thread.holdsLock(monitor), "a monitor was lost on the way back");
      }
    }

    /** Gives some monitors a hash code, waits on some and lets other threads wait for some. */
    private void vary(Object monitor) throws InterruptedException {
      if (count % 5 == 0) {
        check(System.identityHashCode(monitor) != 0, "no hash code");
      }
      if (count % 997 == 1) {
        monitor.wait(1);
      } else if (count % 997 == 2) {
        others.add(blockedBy(monitor));
      }
    }

    private void startCoroutine() {
      coroutine(Nest::useAMonitorInBetween);
      for (Object monitor : held) {
        check(Thread.holdsLock(monitor), "one of " + held.size() + " monitors was lost");
        synchronized (monitor) {
          count++;
        }
      }
      for (Thread other : others) {
        check(other.getState() == Thread.State.BLOCKED, "another thread went on");
      }
    }

    private static void useAMonitorInBetween() {
      await(moment);
      Object own = new Object();
      synchronized (own) {
        check(Thread.holdsLock(own), "a coroutine's own monitor was lost");
      }
      await(moment);
    }

    void leave() throws InterruptedException {
      for (Object monitor : held) {
        check(!Thread.holdsLock(monitor), "one of " + held.size() + " monitors was kept");
      }
      held.clear();
      for (Thread other : others) {
        other.join();
      }
      others.clear();
    }
  }

  /** Starts coroutines on two threads at once. */
  private static void twoLoops(int batches) throws Exception {
    CyclicBarrier begin = new CyclicBarrier(2);
    List<FutureTask<Boolean>> loops = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      FutureTask<Boolean> task = new FutureTask<>(() -> startBatches(begin, batches));
      new Thread(task).start();
      loops.add(task);
    }
    for (FutureTask<Boolean> task : loops) {
      check(task.get(), "no coroutine was started");
    }
  }

  private static boolean startBatches(CyclicBarrier begin, int batches) throws Exception {
    inLoop(
        loop -> {
          begin.await();
          for (int batch = 0; batch < batches; batch++) {
            Future<Void> gate = new Future<>();
            for (int i = 0; i < 1_000; i++) {
              startBelowTwo(gate);
            }
            gate.setResult(null);
            loop.runSync(() -> await(moment));
          }
        });
    return batches > 0;
  }

  private static void startBelowTwo(Future<Void> gate) {
    Object outer = new Object();
    Object inner = new Object();
    synchronized (outer) {
      synchronized (inner) {
        coroutine(() -> await(gate));
        check(Thread.holdsLock(outer), "the outer monitor was lost");
        check(Thread.holdsLock(inner), "the inner monitor was lost");
      }
    }
  }
}
