package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.multi;
import static dev.ioloop.Gen.named;
import static dev.ioloop.Gen.sleep;
import static dev.ioloop.Gen.timeout;
import static dev.ioloop.Gen.withTimeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.Generator;
import dev.ioloop.IOLoop;
import dev.ioloop.TaskGroup;
import dev.ioloop.locks.Lock;
import dev.ioloop.queues.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The text that shows what each coroutine waits for, and where. */
@OnEachGenerator
public abstract class DumpContract extends LoopContract {

  private static final String HEADING =
      "  coroutine of " + DumpContract.class.getName() + ", suspended for ";

  /** A line that begins with the heading, as a pattern. */
  private static final String HEADING_LINE = HEADING + ".*";

  private static final String TIMEOUT_LINE = "  timeout in .* of .*";

  /** The lines on which {@link #here} was called, in that order. */
  private final List<Integer> lines = new ArrayList<>();

  /** Made by subclasses. */
  protected DumpContract() {}

  /** Notes the line it is called on, and returns {@code awaited}, to be awaited on that line. */
  private <T> Future<T> here(Future<T> awaited) {
    lines.add(
        StackWalker.getInstance()
            .walk(frames -> frames.skip(1).findFirst().orElseThrow().getLineNumber()));
    return awaited;
  }

  private static String frame(String method, int line) {
    return "      at [^(]*DumpContract\\.\\S*"
        + method
        + "\\S*\\(DumpContract\\.java:"
        + line
        + "\\)";
  }

  private void assertMatches(String text, List<String> patterns) {
    List<String> actual = text.lines().toList();
    assertThat(actual).hasSameSizeAs(patterns);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i)).matches(patterns.get(i));
    }
  }

  private Future<Void> waiting(Future<Void> gate) {
    return coroutine(() -> await(here(gate)));
  }

  private Future<Void> waitingBelow(Future<Void> gate) {
    return coroutine(
        () -> {
          waitBelow(here(gate));
          events.add("resumed");
        });
  }

  private void waitBelow(Future<Void> gate) {
    await(here(gate));
  }

  @Test
  void loopWithoutCoroutinesShowsItsTimeouts() {
    loop.callLater(Duration.ofHours(1), record("never"));
    assertThat(loop.dump()).startsWith(loop + "\n  timeout in ").contains("LoopContract");
    assertThat(loop.dump().lines()).hasSize(2);
    assertThat(loop.toString()).contains(loop.backend(), "stopped", "timeouts=1");
  }

  @Test
  void everySuspendedCoroutineIsShownWithTheLineItWaitsAt() {
    loop.runSync(
        () -> {
          Future<Void> gate = new Future<>();
          waiting(gate);
          coroutine(() -> events.add("ended"));
          Future<Void> below = waitingBelow(gate);
          events.add(loop.dump());
          gate.setResult(null);
          await(below);
        });
    assertThat(events).hasSize(3);
    assertMatches(
        (String) events.get(1),
        List.of(
            "IOLoop\\[.* running on .*suspended coroutines=2]",
            HEADING_LINE,
            frame("waiting", lines.get(0)),
            HEADING_LINE,
            frame("waitBelow", lines.get(2)),
            frame("waitingBelow", lines.get(1))));
  }

  @Test
  void stoppedLoopShowsThemToo() {
    loop.makeCurrent();
    Future<Void> gate = new Future<>();
    waiting(gate);
    assertMatches(
        loop.dump(),
        List.of("IOLoop\\[.* stopped.*]", HEADING_LINE, frame("waiting", lines.get(0))));
    gate.setResult(null);
    runOneTurn();
    assertThat(loop.dump()).isEqualTo(loop + "\n");
  }

  @Test
  void coroutinesBeyondWhatWasAskedForAreCounted() {
    loop.makeCurrent();
    for (int i = 0; i < 5; i++) {
      waiting(new Future<>());
    }
    assertThat(loop.dump(2).lines().filter(line -> line.startsWith("  c"))).hasSize(2);
    assertThat(loop.dump(2)).endsWith("  and 3 more\n");
    assertThat(loop.dump(0)).endsWith("  and 5 more\n");
    assertThat(loop.dump(5).lines()).hasSameSizeAs(loop.dump().lines().toList());
    assertThatThrownBy(() -> loop.dump(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
  }

  @Test
  void lineIsThatOfThePresentAwait() {
    loop.makeCurrent();
    Future<Void> first = new Future<>();
    Future<Void> second = new Future<>();
    coroutine(
        () -> {
          await(here(first));
          await(here(second));
        });
    String before = loop.dump();
    first.setResult(null);
    runOneTurn();
    String after = loop.dump();
    assertThat(lines.get(1)).isEqualTo(lines.get(0) + 1);
    assertThat(before).contains("DumpContract.java:" + lines.get(0));
    assertThat(after)
        .contains("DumpContract.java:" + lines.get(1))
        .doesNotContain("DumpContract.java:" + lines.get(0));
  }

  @Test
  void coroutineIsShownBelowTheOneThatAwaitsIt() {
    loop.makeCurrent();
    Future<Void> inner = waiting(new Future<>());
    waiting(inner);
    assertMatches(
        loop.dump(),
        List.of(
            "IOLoop.*",
            HEADING_LINE,
            frame("waiting", lines.get(1)),
            "  " + HEADING_LINE,
            "  " + frame("waiting", lines.get(0))));
  }

  @Test
  void thoseThatSeveralWaitForAreDescribedOnce() {
    loop.makeCurrent();
    Future<Void> gate = new Future<>();
    Future<Void> inner = coroutine(named("inner", () -> await(gate)));
    coroutine(named("first", () -> await(inner)));
    coroutine(named("all", () -> await(multi(List.of(inner, waiting(gate))))));
    coroutine(named("limited", () -> await(withTimeout(Duration.ofHours(1), inner))));
    coroutine(
        named(
            "group",
            () -> {
              try (TaskGroup group = new TaskGroup()) {
                group.start(named("child", () -> await(gate)));
              }
            }));
    List<String> headings =
        loop.dump()
            .lines()
            .filter(line -> line.contains("coroutine \"") || line.contains(HEADING.strip()))
            .map(line -> line.replaceAll(", suspended for.*", ""))
            .toList();
    assertThat(headings)
        .containsExactly(
            "  coroutine \"first\"",
            "    coroutine \"inner\"",
            "  coroutine \"all\"",
            "    the coroutine \"inner\" above",
            "    coroutine of " + DumpContract.class.getName(),
            "  coroutine \"limited\"",
            "    the coroutine \"inner\" above",
            "  coroutine \"group\"",
            "    coroutine \"child\"");
    gate.setResult(null);
    runOneTurn();
  }

  @Test
  void coroutinesThatWaitForEachOtherAreADeadlock() {
    loop.makeCurrent();
    Future<Future<Void>> second = new Future<>();
    Future<Void> first = coroutine(named("one", () -> await(await(second))));
    second.setResult(coroutine(named("other", () -> await(first))));
    runOneTurn();
    assertThat(loop.dump())
        .contains(
            "    DEADLOCK: it waits for the coroutine \"one\" above, which waits for it\n".strip());
    assertThat(loop.dump().lines().filter(line -> line.contains("suspended for"))).hasSize(2);
  }

  @Test
  void coroutineThatWaitsForItselfIsADeadlock() {
    loop.makeCurrent();
    Future<Future<Void>> own = new Future<>();
    own.setResult(coroutine(named("own", () -> await(await(own)))));
    runOneTurn();
    assertThat(loop.dump()).contains("DEADLOCK: it waits for the coroutine \"own\" above");
  }

  @Test
  void coroutinesOfOtherLoopsAreNotLookedAt() {
    try (IOLoop other = newLoop()) {
      other.makeCurrent();
      Future<Void> there = coroutine(named("there", () -> await(new Future<Void>())));
      loop.makeCurrent();
      waiting(there);
      assertMatches(loop.dump(), List.of("IOLoop.*", HEADING_LINE, frame("waiting", lines.get(0))));
      other.makeCurrent();
    }
    loop.makeCurrent();
  }

  @Test
  void whatIsWaitedForIsSaid() {
    loop.runSync(
        () -> {
          Lock lock = new Lock();
          await(lock.acquire());
          coroutine(() -> await(lock.acquire()));
          coroutine(() -> await(lock.acquire()));
          coroutine(() -> await(new Queue<String>().get()));
          coroutine(() -> await(sleep(Duration.ofSeconds(7_170))));
          events.add(loop.dump());
        });
    assertThat((String) events.get(0))
        .contains(
            ": lock not acquired, 0 before it in line\n",
            ": lock not acquired, 1 before it in line\n",
            ": no item in the queue, 0 before it in line\n",
            ": sleeps for 1 h 59 min more\n");
  }

  @Test
  void namesCannotChangeTheText() {
    loop.makeCurrent();
    coroutine(named("a\n  b\u001b[31m\u202e" + "x".repeat(300), () -> await(new Future<Void>())));
    assertThat(loop.dump())
        .contains("coroutine \"a\\u{a}  b\\u{1b}[31m\\u{202e}" + "x".repeat(100))
        .doesNotContain("x".repeat(200));
  }

  @Test
  void manyCoroutinesAreDescribedInBoundedTextAndTime() {
    loop.makeCurrent();
    Future<Void> gate = new Future<>();
    for (int i = 0; i < 1_500; i++) {
      coroutine(() -> await(gate));
    }
    List<String> dump = loop.dump().lines().toList();
    long described = dump.stream().filter(line -> line.startsWith(HEADING)).count();
    assertThat(described).isBetween(100L, 1_000L); // fewer if that takes long
    assertThat(dump).last().isEqualTo("  and " + (1_500 - described) + " more");
    gate.setResult(null);
    runOneTurn();
  }

  @Test
  void coroutineWhoseGeneratorAwaitsIsShownWhereItDrivesThat() {
    loop.makeCurrent();
    Future<Void> gate = new Future<>();
    Generator<String, Void, Void> generator =
        Generator.of(
            g -> {
              await(gate);
              return null;
            });
    coroutine(() -> events.add(here(gate).done() || generator.hasNext()));
    assertThat(loop.dump()).contains(HEADING, "DumpContract.java:" + lines.get(0));
    gate.setResult(null);
    runOneTurn();
    assertThat(events).containsExactly(false);
  }

  @Test
  void coroutineThatRunsIsNotShown() {
    loop.runSync(
        () -> {
          await(moment);
          events.add(loop.dump().equals(loop + "\n"));
        });
    assertThat(events).containsExactly(true);
  }

  @Test
  void coroutinesOfTimeoutsAndGroupsAreNamedAfterTheBodiesOfTheUser() {
    loop.makeCurrent();
    Future<Void> gate = new Future<>();
    timeout(Duration.ofHours(1), () -> await(gate));
    coroutine(() -> TaskGroup.run(group -> await(group.start(() -> await(gate)))));
    List<String> names =
        loop.dump().lines().filter(line -> line.contains(" coroutine of ")).toList();
    assertThat(names).hasSize(5).allMatch(line -> line.contains(HEADING));
  }

  @Test
  void runSyncThatIsStoppedEarlyShowsThem() {
    assertThatThrownBy(
            () ->
                loop.runSync(
                    () -> {
                      waiting(new Future<>());
                      loop.stop();
                      await(here(sleep(Duration.ofHours(1))));
                    }))
        .isInstanceOf(IllegalStateException.class)
        .message()
        .satisfies(
            message -> {
              assertThat(message.lines().findFirst().orElseThrow()).startsWith("runSync() was");
              assertMatches(
                  message.lines().skip(1).reduce("", (all, line) -> all + line + "\n"),
                  List.of(
                      "IOLoop.*",
                      TIMEOUT_LINE,
                      HEADING_LINE,
                      frame("waiting", lines.get(0)),
                      HEADING_LINE,
                      frame("runSyncThatIsStoppedEarly", lines.get(1))));
            });
  }
}
