package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.multi;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Action;
import dev.ioloop.Future;
import dev.ioloop.Generator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an exception shows of the awaits that it went through. */
@OnEachGenerator
public abstract class StackTraceContract extends LoopContract {

  private static final int MAX_MARKS = 32;

  /** Made by subclasses. */
  protected StackTraceContract() {}

  private final IOException failure = new IOException("failed on purpose");

  private Future<Void> handleRequest() {
    return coroutine((Action) () -> await(loadPage()));
  }

  private Future<String> loadPage() {
    return coroutine(() -> "page " + readAll());
  }

  /** An ordinary method between two awaits. */
  private String readAll() {
    return await(readPacket());
  }

  private Future<String> readPacket() {
    return coroutine(
        () -> {
          await(moment);
          throw failure;
        });
  }

  private static String print(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }

  @Test
  void exceptionThatPassesThroughAwaitsKeepsItsIdentityAndItsTrace() {
    StackTraceElement[] before = failure.getStackTrace();
    assertThatThrownBy(() -> loop.runSync(() -> handleRequest())).isSameAs(failure);
    assertThat(failure.getStackTrace()).isEqualTo(before);
    assertThat(failure).hasMessage("failed on purpose").hasNoCause();
  }

  @Test
  void printedTraceNamesTheMethodsOfAllLevels() {
    assertThatThrownBy(() -> loop.runSync(() -> handleRequest())).isSameAs(failure);
    assertThat(print(failure))
        .contains("java.io.IOException: failed on purpose")
        .contains("handleRequest", "loadPage", "readAll")
        .contains("StackTraceContract.java:")
        .contains("awaited by coroutine of " + StackTraceContract.class.getName());
  }

  private Generator<String, Void, Void> pageGenerator() {
    return Generator.of(
        g -> {
          g.yield(awaitInGenerator());
          return null;
        });
  }

  private String awaitInGenerator() {
    return await(loadPage());
  }

  private void drive() {
    pageGenerator().next();
  }

  @Test
  void awaitInAGeneratorLeavesAMarkOfTheGeneratorAndOneOfItsDriver() {
    assertThatThrownBy(() -> loop.runSync(this::drive)).isSameAs(failure);
    assertThat(Marks.of(failure))
        .extracting(mark -> mark.getStackTrace()[0].getMethodName())
        .containsExactly("readAll", "awaitInGenerator", "drive");
    assertThat(print(failure))
        .contains("awaited by generator of " + StackTraceContract.class.getName());
  }

  @Test
  void awaitOfADoneFutureInAGeneratorLeavesAMark() {
    Future<String> failed = Future.failed(failure);
    Generator<String, Void, Void> generator =
        Generator.of(
            g -> {
              g.yield(await(failed));
              return null;
            });
    assertThatThrownBy(generator::next).isSameAs(failure);
    assertThat(Marks.of(failure)).hasSize(1);
  }

  @Test
  void everyAwaitLeavesOneMarkTheInnermostFirst() {
    assertThatThrownBy(() -> loop.runSync((Action) () -> await(handleRequest()))).isSameAs(failure);
    assertThat(Marks.of(failure))
        .extracting(mark -> mark.getStackTrace()[0].getMethodName())
        .satisfiesExactly(
            first -> assertThat(first).isEqualTo("readAll"),
            second -> assertThat(second).contains("handleRequest"),
            third -> assertThat(third).contains("everyAwait"));
    assertThat(Marks.suppressedBy(failure)).isEmpty();
  }

  @Test
  void markHoldsTheFramesOfTheBodyAndNothingElse() {
    assertThatThrownBy(() -> loop.runSync(() -> handleRequest())).isSameAs(failure);
    Throwable mark = Marks.of(failure).get(0);
    assertThat(mark.getStackTrace())
        .extracting(StackTraceElement::getClassName)
        .containsOnly(StackTraceContract.class.getName());
    assertThat(mark.getStackTrace())
        .extracting(StackTraceElement::getMethodName)
        .satisfiesExactly(
            await -> assertThat(await).isEqualTo("readAll"),
            body -> assertThat(body).contains("loadPage"));
    assertThat(mark.getSuppressed()).isEmpty();
    assertThat(mark).hasNoCause();
  }

  @Test
  void awaitOfADoneFutureLeavesAMarkToo() {
    Future<Void> failed = Future.failed(failure);
    loop.runSync(
        () -> {
          for (int i = 1; i <= 3; i++) {
            assertThatThrownBy(() -> await(failed)).isSameAs(failure);
            events.add(Marks.of(failure).size());
          }
        });
    assertThat(events).containsExactly(1, 2, 3);
  }

  @Test
  void exceptionThatManyAwaitStopsGrowing() {
    Future<Void> shared = new Future<>();
    List<Future<Void>> waiters = new ArrayList<>();
    loop.runSync(
        () -> {
          for (int i = 0; i < 1_000; i++) {
            waiters.add(coroutine(() -> await(shared)));
          }
          shared.setException(failure);
          await(moment);
          await(moment);
        });
    assertThat(waiters).allMatch(waiter -> waiter.exception() == failure);
    assertThat(Marks.of(failure)).hasSize(MAX_MARKS);
  }

  @Test
  void whatAUserSuppressedIsKeptAndIsNotCounted() {
    RuntimeException other = new RuntimeException("suppressed on purpose");
    for (int i = 0; i < MAX_MARKS; i++) {
      failure.addSuppressed(other);
    }
    assertThatThrownBy(() -> loop.runSync(() -> handleRequest())).isSameAs(failure);
    assertThat(Marks.suppressedBy(failure)).hasSize(MAX_MARKS).containsOnly(other);
    assertThat(Marks.of(failure)).isNotEmpty();
  }

  private static final class Bare extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Bare() {
      super("bare on purpose", null, false, false);
    }
  }

  @Test
  void exceptionWithoutSuppressionStaysAsItIs() {
    Bare bare = new Bare();
    Future<Void> failed = new Future<>();
    loop.runSync(
        () -> {
          loop.addCallback(() -> failed.setException(bare));
          assertThatThrownBy(() -> await(failed)).isSameAs(bare);
          assertThatThrownBy(() -> await(failed)).isSameAs(bare);
        });
    assertThat(bare.getSuppressed()).isEmpty();
    assertThat(bare.getStackTrace()).isEmpty();
  }

  @Test
  void marksGoThroughMultiToo() {
    loop.runSync(
        () -> assertThatThrownBy(() -> await(multi(List.of(loadPage())))).isSameAs(failure));
    assertThat(print(failure)).contains("readAll", "loadPage", "marksGoThroughMultiToo");
    assertThat(Marks.of(failure)).hasSize(2);
  }

  @Test
  void coroutineThatSucceedsLeavesNoMarkAnywhere() {
    loop.runSync(
        () -> {
          Future<Void> failed = Future.failed(failure);
          assertThat(failed.exception()).isSameAs(failure);
          await(coroutine(() -> await(moment)));
        });
    assertThat(failure.getSuppressed()).isEmpty();
  }
}
