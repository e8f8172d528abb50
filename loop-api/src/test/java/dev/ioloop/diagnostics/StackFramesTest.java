package dev.ioloop.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which frames of a suspended body a user is shown. */
class StackFramesTest {
  private static StackTraceElement frame(String type, String method) {
    return new StackTraceElement(type, method, "File.java", 1);
  }

  private static Stream<String> shown(StackTraceElement... stack) {
    return StackFrames.ofUser(stack).stream().map(StackTraceElement::getMethodName);
  }

  @Test
  void theSuspensionAndWhatIsBelowTheBodyAreLeftOut() {
    assertThat(
            shown(
                frame("jdk.internal.vm.Continuation", "yield"),
                frame("dev.ioloop.fiber.ContinuationFiber", "suspend"),
                frame("dev.ioloop.Runner", "await"),
                frame("dev.ioloop.Gen", "await"),
                frame("com.example.Server", "readLine"),
                frame("com.example.Server", "serve"),
                frame("dev.ioloop.Runner", "runBody"),
                frame("dev.ioloop.fiber.ContinuationFiber", "run"),
                frame("jdk.internal.vm.Continuation", "enter")))
        .containsExactly("readLine", "serve");
  }

  @Test
  void helperThreadThatIsStillHandingOverItsTurnShowsNothingOfTheScheduler() {
    assertThat(
            shown(
                frame("java.util.concurrent.ForkJoinPool", "signalWork"),
                frame("java.util.concurrent.ForkJoinPool", "execute"),
                frame("java.lang.VirtualThread", "unpark"),
                frame("java.util.concurrent.locks.LockSupport", "unpark"),
                frame("dev.ioloop.fiber.ThreadFiber", "giveControl"),
                frame("dev.ioloop.fiber.ThreadFiber", "suspend"),
                frame("dev.ioloop.Gen", "await"),
                frame("com.example.Server", "serve"),
                frame("dev.ioloop.fiber.ThreadFiber", "runBodies"),
                frame("java.lang.Thread", "run")))
        .containsExactly("serve");
  }

  @Test
  void framesOfTheJdkInTheBodyAreShown() {
    assertThat(
            shown(
                frame("dev.ioloop.fiber.ThreadFiber", "suspend"),
                frame("com.example.Server", "lambda"),
                frame("java.util.ArrayList", "forEach"),
                frame("com.example.Server", "serve")))
        .containsExactly("lambda", "forEach", "serve");
  }
}
