package dev.ioloop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The command {@code tasks} prints the same on every backend and with both engines. */
final class TasksTest {
  private static final List<String> PRINTED =
      """
      a page whose orders fail:
        user: loading
        orders: loading
        advice: loading
        user: loaded
        orders: loaded
        advice: cancelled and cleaned up
        java.lang.NumberFormatException: For input string: "orders"
            at dev.ioloop.demo.Tasks.lambda$countOrders(Tasks.java)
            dev.ioloop.AwaitTrace: awaited by coroutine of dev.ioloop.demo.Tasks
                at dev.ioloop.demo.Tasks.lambda$page(Tasks.java)
            dev.ioloop.AwaitTrace: awaited by coroutine of dev.ioloop.demo.Tasks
                at dev.ioloop.demo.Tasks.lambda$page(Tasks.java)
            dev.ioloop.AwaitTrace: awaited by coroutine of dev.ioloop.demo.Tasks
                at dev.ioloop.demo.Tasks.page(Tasks.java)
                at dev.ioloop.demo.Tasks.lambda$run(Tasks.java)
            dev.ioloop.AwaitTrace: awaited by coroutine of dev.ioloop.demo.Tasks
                at dev.ioloop.demo.Tasks.attempt(Tasks.java)
                at dev.ioloop.demo.Tasks.lambda$run(Tasks.java)
      a page that may take 100 ms:
        user: loading
        orders: loading
        advice: loading
        user: loaded
        orders: cancelled and cleaned up
        advice: cancelled and cleaned up
        dev.ioloop.LoopTimeoutException: the body had not ended after PT0.1S
            dev.ioloop.AwaitTrace: awaited by coroutine of dev.ioloop.demo.Tasks
                at dev.ioloop.demo.Tasks.attempt(Tasks.java)
                at dev.ioloop.demo.Tasks.lambda$run(Tasks.java)
      """
          .lines()
          .toList();

  static Stream<List<String>> choices() {
    return Choices.all();
  }

  @ParameterizedTest
  @MethodSource("choices")
  void failureAndTimeoutEndAGroup(List<String> choice) {
    List<String> arguments = new ArrayList<>(List.of("tasks"));
    arguments.addAll(choice);
    CommandRun run = CommandRun.of(arguments);
    assertThat(run.out()).map(Traces::withoutNumbers).isEqualTo(PRINTED);
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
  }
}
