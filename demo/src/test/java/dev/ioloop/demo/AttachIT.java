package dev.ioloop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.ioloop.IOLoopMXBean;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A process that is explained from outside, by one command. */
final class AttachIT {
  private static final String JAR =
      Path.of("target", "ioloop-demo.jar").toAbsolutePath().toString();
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final String CLASSES =
      Path.of("target", "test-classes").toAbsolutePath().toString();

  private static Process start(Class<?> program, String... flags) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(JAVA);
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", JAR + File.pathSeparator + CLASSES, program.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    BufferedReader out = process.inputReader();
    assertThat(out.readLine()).isEqualTo("ready");
    return process;
  }

  private static JavaRun attach(Process process, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("-jar", JAR, "attach", "" + process.pid()));
    command.addAll(List.of(options));
    return JavaRun.of(command);
  }

  @Test
  void coroutinesThatWaitForEachOtherAreFound() throws Exception {
    Process process = start(Deadlock.class);
    try {
      JavaRun run = attach(process);
      assertThat(run.err()).isEmpty();
      assertThat(run.code()).isZero();
      String out = String.join("\n", run.out());
      assertThat(out)
          .contains(
              "coroutine \"lock\", suspended for ",
              ": lock not acquired, 0 before it in line",
              "coroutine \"first\", suspended for ",
              "coroutine \"sec\\u{1b}ond\", suspended for ",
              "DEADLOCK: it waits for the coroutine \"first\" above",
              "(Deadlock.java:",
              "worst ");
      JsonObject json =
          JsonParser.parseString(String.join("\n", attach(process, "--json").out()))
              .getAsJsonObject();
      assertThat(json.get("pid").getAsLong()).isEqualTo(process.pid());
      JsonObject loop = json.getAsJsonArray("loops").get(0).getAsJsonObject();
      assertThat(loop.get("coroutinesSuspended").getAsInt()).isEqualTo(4);
      assertThat(loop.get("dump").getAsString()).contains("DEADLOCK");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void loopThatIsBlockedIsShownByItsStack() throws Exception {
    Process process = start(Blocked.class, "-Ddev.ioloop.watchdog=100ms");
    try {
      JavaRun run = attach(process);
      assertThat(String.join("\n", run.out()))
          .contains("BLOCKED", "slow: ", "and not over")
          .containsPattern("at .*Blocked.blockForGood\\(Blocked.java:\\d+\\)");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void processThatIsNotThereIsNamed() throws Exception {
    Process process = start(Deadlock.class);
    process.destroyForcibly().waitFor();
    JavaRun run = attach(process);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).containsExactly("attach failed: there is no process " + process.pid());
  }

  @Test
  void processThatIsNoJvmIsRefused() throws Exception {
    Process process = new ProcessBuilder("sleep", "60").start();
    try {
      JavaRun run = attach(process);
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.err())
          .singleElement()
          .asString()
          .startsWith("attach failed: process " + process.pid() + " cannot be looked into");
    } finally {
      process.destroyForcibly();
    }
  }

  // For root there is no process of another user; it asks as one that is nobody.
  @Test
  void processOfAnotherUserIsRefused() throws Exception {
    boolean root = System.getProperty("user.name").equals("root");
    List<String> command = new ArrayList<>();
    if (root) {
      command.add(Programs.find("setpriv").toString());
      command.addAll(List.of("--reuid=65534", "--regid=65534", "--clear-groups"));
      Process readable = new ProcessBuilder(with(command, "test", "-r", JAR)).start();
      Assumptions.assumeTrue(readable.waitFor() == 0, "only root can read " + JAR);
    }
    Process process = start(Deadlock.class);
    String pid = root ? "" + process.pid() : "1";
    try {
      Process asking = new ProcessBuilder(with(command, JAVA, "-jar", JAR, "attach", pid)).start();
      assertThat(asking.errorReader().lines().toList())
          .singleElement()
          .asString()
          .startsWith("attach failed: process " + pid + " cannot be looked into; it has to be")
          .contains("of the same user");
      assertThat(asking.waitFor()).isEqualTo(1);
    } finally {
      process.destroyForcibly();
    }
  }

  private static List<String> with(List<String> prefix, String... rest) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(List.of(rest));
    return all;
  }

  @Test
  void processThatEndsMeanwhileIsNamed() throws Exception {
    Process process = start(EndsWhenAsked.class);
    JavaRun run = attach(process);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).containsExactly("attach failed: process " + process.pid() + " has ended");
  }

  /** A program that ends when it is asked for the first of its loops. */
  static final class EndsWhenAsked {
    private EndsWhenAsked() {}

    public static void main(String[] arguments) throws Exception {
      InvocationHandler end =
          (proxy, method, values) -> {
            Runtime.getRuntime().halt(1);
            return null;
          };
      Class<IOLoopMXBean> type = IOLoopMXBean.class;
      ManagementFactory.getPlatformMBeanServer()
          .registerMBean(
              new StandardMBean(
                  type.cast(
                      Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, end)),
                  type,
                  true),
              new ObjectName("dev.ioloop:type=IOLoop,id=0"));
      System.out.println("ready");
      System.in.read();
    }
  }

  @Test
  void processWithoutALoopIsToldFromOneThatHangs() throws Exception {
    Process process = start(NoLoop.class);
    try {
      JavaRun run = attach(process);
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.err())
          .containsExactly("attach failed: no IOLoop runs in process " + process.pid());
    } finally {
      process.destroyForcibly();
    }
  }

  /** A program without a loop. */
  static final class NoLoop {
    private NoLoop() {}

    public static void main(String[] arguments) throws IOException {
      System.out.println("ready");
      System.in.read();
    }
  }
}
