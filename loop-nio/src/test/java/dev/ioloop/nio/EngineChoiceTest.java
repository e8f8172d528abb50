package dev.ioloop.nio;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which coroutine engine a virtual machine gets, and what is logged about it. */
@Timeout(60)
final class EngineChoiceTest {

  /** The program: its argument is the name of the virtual machine to pretend to run on. */
  static final class Program {

    private Program() {}

    public static void main(String[] arguments) {
      System.setProperty("java.vm.name", arguments[0]);
      System.setErr(System.out); // What is logged.
      try (IOLoop loop = IOLoop.create("nio")) {
        loop.runSync(() -> await(moment));
        loop.runSync(() -> await(moment));
      }
      System.out.println(Gen.generator());
    }
  }

  private static List<String> run(String vmName, String... flags) throws Exception {
    Assumptions.assumeTrue(
        Runtime.version().feature() >= 24, "before JDK 24 a held monitor prevents a yield");
    try (ChildJvm child = ChildJvm.start(Program.class, List.of(flags), vmName)) {
      return child.readAll();
    }
  }

  @Test
  void hotSpotGetsContinuations() throws Exception {
    assertThat(run("OpenJDK 64-Bit Server VM")).containsExactly("continuation");
  }

  @Test
  void anotherVirtualMachineGetsThreadsAndOneWarning() throws Exception {
    assertThat(run("Eclipse OpenJ9 VM"))
        .satisfiesExactly(
            when -> assertThat(when).contains("dev.ioloop.fiber.Fibers"),
            warning ->
                assertThat(warning)
                    .startsWith("WARNING: Coroutines run on helper threads")
                    .contains("Eclipse OpenJ9 VM", "-Ddev.ioloop.generator=continuation"),
            engine -> assertThat(engine).isEqualTo("thread"));
  }

  @Test
  void anotherVirtualMachineGetsContinuationsThatAreAskedForByName() throws Exception {
    assertThat(run("Eclipse OpenJ9 VM", "-Ddev.ioloop.generator=continuation"))
        .containsExactly("continuation");
  }
}
