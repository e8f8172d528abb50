package dev.ioloop.nio;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static dev.ioloop.nio.CarriedUser.USER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Context;
import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.Generator;
import dev.ioloop.IOLoop;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Thread-locals of another library go where context variables go, with both engines. */
@Timeout(60)
final class ThreadLocalCarrierTest {

  /** The program: its arguments are the coroutine engine and the name of a scenario. */
  static final class Program {
    private static IOLoop loop;

    private Program() {}

    public static void main(String[] arguments) throws Exception {
      Gen.configure(arguments[0]);
      loop = IOLoop.create("nio");
      USER.set("main");
      switch (arguments[1]) {
        case "coroutines" -> loop.runSync(Program::takeTurns);
        case "callbacks" -> loop.runSync(Program::addCallbacks);
        case "handler" -> addHandler();
        case "leaks" -> leak();
        case "threads" -> leaveTheThread();
        case "tasks" -> loop.runSync(Program::runTasks);
        case "generator" -> loop.runSync(Program::generate);
        default -> throw new IllegalArgumentException(arguments[1]);
      }
      say("main");
      loop.close();
      say("main after close");
    }

    private static void say(String where) {
      System.out.println(where + ": " + USER.get());
    }

    private static Runnable saying(String where) {
      return () -> say(where);
    }

    private static Future<Void> request(String id) {
      return coroutine(
          () -> {
            USER.set(id);
            for (int i = 0; i < 2; i++) {
              await(moment);
              say(id);
            }
          });
    }

    private static void takeTurns() {
      say("begin");
      Future<Void> a = request("a");
      Future<Void> b = request("b");
      say("caller");
      await(a);
      await(b);
      say("end");
    }

    private static void addCallbacks() {
      Future<Void> gate = new Future<>();
      Future<Void> end = new Future<>();
      USER.set("ada");
      loop.addCallback(saying("callback"));
      loop.callLater(Duration.ZERO, saying("timeout"));
      loop.addFuture(gate, done -> say("future"));
      Future<Void> spawned =
          loop.spawnCallback(
              () -> {
                say("spawned");
                await(gate);
                say("spawned later");
              });
      USER.set("bob");
      await(sleep(Duration.ofMillis(1)));
      gate.setResult(null);
      await(spawned);
      say("adder");
    }

    private static void addHandler() throws Exception {
      Pipe pipe = Pipe.open();
      pipe.source().configureBlocking(false);
      pipe.sink().write(ByteBuffer.wrap(new byte[1]));
      USER.set("ada");
      loop.addHandler(
          pipe.source(),
          ready -> {
            say("handler");
            USER.set("changed");
            loop.removeHandler(pipe.source());
            loop.addCallback(saying("callback of the handler"));
            loop.callLater(Duration.ofMillis(1), loop::stop);
          },
          IOLoop.READ);
      USER.set("main");
      loop.start();
      pipe.source().close();
      pipe.sink().close();
    }

    private static void leak() {
      USER.remove();
      loop.addCallback(() -> USER.set("callback"));
      loop.addCallback(saying("after a callback"));
      loop.callLater(Duration.ZERO, () -> USER.set("timeout"));
      loop.callLater(Duration.ZERO, saying("after a timeout"));
      loop.spawnCallback(() -> USER.set("coroutine"));
      loop.addCallback(saying("after a coroutine"));
      loop.callLater(Duration.ofMillis(1), loop::stop);
      loop.start();
    }

    private static void leaveTheThread() throws Exception {
      USER.set("ada");
      Runnable wrapped = Context.current().wrap(saying("wrapped"));
      Runnable empty = Context.EMPTY.wrap(saying("empty"));
      USER.set("main");
      Thread other =
          new Thread(
              () -> {
                wrapped.run();
                say("other thread");
                USER.set("other");
                empty.run();
                loop.addCallback(saying("posted"));
                loop.spawnCallback(
                    () -> {
                      say("spawned");
                      loop.stop();
                    });
              });
      other.start();
      other.join();
      loop.start();
    }

    private static void runTasks() {
      ExecutorService worker = Executors.newSingleThreadExecutor();
      await(loop.runInExecutor(worker, () -> USER.set("task")));
      await(loop.runInExecutor(worker, saying("next task")::run));
      await(loop.runInExecutor(Runnable::run, () -> USER.set("direct")));
      worker.shutdown();
    }

    private static void generate() {
      Generator<String, Void, Void> generator =
          Generator.of(
              g -> {
                say("generator");
                await(moment);
                say("generator after await");
                return null;
              });
      generator.hasNext();
      generator.result();
    }
  }

  private static void assertPrints(String scenario, String... lines) throws Exception {
    for (String make : ChildJvm.hasContinuations() ? makes() : List.of("thread")) {
      try (ChildJvm child = ChildJvm.start(Program.class, List.of(), make, scenario)) {
        assertThat(child.readAll()).as(make).containsExactly(lines);
        assertThat(child.waitForExit()).isZero();
      }
    }
  }

  private static List<String> makes() {
    return List.of("continuation", "thread");
  }

  @Test
  void coroutinesThatTakeTurnsEachSeeTheirOwnValue() throws Exception {
    assertPrints(
        "coroutines",
        "begin: main",
        "caller: main",
        "a: a",
        "b: b",
        "a: a",
        "b: b",
        "end: main",
        "main: main",
        "main after close: main");
  }

  @Test
  void callbacksTimeoutsFuturesAndCoroutinesTakeTheValueOfWhoAddedThem() throws Exception {
    assertPrints(
        "callbacks",
        "callback: ada",
        "spawned: ada",
        "timeout: ada",
        "future: ada",
        "spawned later: ada",
        "adder: bob",
        "main: main",
        "main after close: main");
  }

  @Test
  void handlerTakesTheValueOfWhoAddedIt() throws Exception {
    assertPrints(
        "handler",
        "handler: ada",
        "callback of the handler: changed",
        "main: main",
        "main after close: main");
  }

  @Test
  void nothingLeaksIntoWhatRunsNextNorOutOfTheLoop() throws Exception {
    assertPrints(
        "leaks",
        "after a callback: null",
        "after a coroutine: null",
        "after a timeout: null",
        "main: null",
        "main after close: null");
  }

  @Test
  void valueGoesFromThreadToThreadAndEachThreadKeepsItsOwn() throws Exception {
    assertPrints(
        "threads",
        "wrapped: ada",
        "other thread: null",
        "empty: null",
        "posted: other",
        "spawned: other",
        "main: main",
        "main after close: main");
  }

  @Test
  void whatATaskSetsIsGoneWhenItEnds() throws Exception {
    assertPrints("tasks", "next task: null", "main: main", "main after close: main");
  }

  @Test
  void generatorSeesTheValueOfTheCoroutineThatDrivesIt() throws Exception {
    assertPrints(
        "generator",
        "generator: main",
        "generator after await: main",
        "main: main",
        "main after close: main");
  }
}
