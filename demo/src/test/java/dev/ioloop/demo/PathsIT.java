package dev.ioloop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * One small program, compiled once as it is and once as a module, on JVMs with different class
 * paths and module paths, and with the flags that the README names.
 */
@EnabledOnOs(OS.LINUX)
final class PathsIT {
  private static final String API = "loop-api-";
  private static final String NIO = "loop-nio-";
  private static final String NETTY = "loop-netty-";
  private static final String JARS_OF_NETTY = "netty-";

  private static final int FEATURE = Runtime.version().feature();

  /** JDK 21 and newer use the fast engine if it is permitted. */
  private static final boolean FAST = Choices.hasContinuations();

  private static final String FAST_ENGINE = FAST ? "continuation" : "thread";
  private static final String THREAD = "-Ddev.ioloop.generator=thread";
  private static final String MODULE_PATH_FLAG = "--add-modules=ALL-MODULE-PATH";

  @TempDir private static Path compiled;

  @BeforeAll
  static void compile() throws Exception {
    Path sources = Path.of(PathsIT.class.getResource("/example").toURI());
    String program = sources.resolve("example/Example.java").toString();
    javac("-cp", path(API, "jspecify-"), "-d", compiled.resolve("plain").toString(), program);
    javac(
        "-p",
        path(API, "jspecify-"),
        "-d",
        compiled.resolve("module").toString(),
        program,
        sources.resolve("module-info.java").toString());
  }

  private static void javac(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--release", "17"));
    all.addAll(List.of(arguments));
    assertThat(
            ToolProvider.getSystemJavaCompiler().run(null, null, null, all.toArray(String[]::new)))
        .isZero();
  }

  /** Returns those jars of this test's class path whose names begin so. */
  private static String path(String... names) {
    String[] all = System.getProperty("java.class.path").split(File.pathSeparator);
    String path =
        Stream.of(names)
            .flatMap(
                name ->
                    Stream.of(all)
                        .filter(entry -> entry.endsWith(".jar"))
                        .filter(entry -> Path.of(entry).getFileName().toString().startsWith(name)))
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(path).as("jars on the class path: %s", List.of(names)).isNotEmpty();
    return path;
  }

  private static JavaRun onClassPath(List<String> flags, String... jars) throws Exception {
    List<String> arguments = new ArrayList<>(flags);
    arguments.add("-cp");
    arguments.add(path(jars) + File.pathSeparator + compiled.resolve("plain"));
    arguments.add("example.Example");
    return JavaRun.of(arguments);
  }

  private static JavaRun onModulePath(List<String> flags, String... jars) throws Exception {
    List<String> arguments = new ArrayList<>(flags);
    arguments.add("-p");
    arguments.add(path(jars) + File.pathSeparator + compiled.resolve("module"));
    arguments.add("-m");
    arguments.add("example/example.Example");
    return JavaRun.of(arguments);
  }

  /** Adds the flag that JDK 24 and newer want for native libraries, and none before. */
  private static List<String> withNatives(String module, String... flags) {
    List<String> all = new ArrayList<>(List.of(flags));
    if (FEATURE >= 24) {
      all.add("--enable-native-access=" + module);
    }
    return all;
  }

  private static void assertSum(JavaRun run, String backend, String engine) {
    assertThat(run)
        .isEqualTo(new JavaRun(0, List.of("5 on " + backend + ", " + engine), List.of()));
  }

  // Class path

  @Test
  void nioAloneOnTheClassPath() throws Exception {
    assertSum(onClassPath(List.of(THREAD), API, NIO), "nio", "thread");
  }

  @Test
  void nettyOnTheClassPathGivesEpoll() throws Exception {
    List<String> flags = withNatives("ALL-UNNAMED", THREAD);
    assertSum(onClassPath(flags, API, NIO, NETTY, JARS_OF_NETTY), "epoll", "thread");
    assertSum(onClassPath(flags, API, NETTY, JARS_OF_NETTY), "epoll", "thread");
  }

  @Test
  void exportGivesTheFastMakeOnTheClassPath() throws Exception {
    List<String> flags =
        withNatives(
            "ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
    assertSum(onClassPath(flags, API, NIO, NETTY, JARS_OF_NETTY), "epoll", FAST_ENGINE);
  }

  @Test
  void agentGivesTheFastMakeOnTheClassPath() throws Exception {
    List<String> flags = withNatives("ALL-UNNAMED", "-javaagent:" + path(API));
    assertSum(onClassPath(flags, API, NIO, NETTY, JARS_OF_NETTY), "epoll", FAST_ENGINE);
    assertSum(onClassPath(List.of("-javaagent:" + path(API)), API, NIO), "nio", FAST_ENGINE);
  }

  @Test
  void withoutTheFlagTheSlowMakeSaysOnceHowToGetTheFastOne() throws Exception {
    JavaRun run = onClassPath(List.of(), API, NIO);
    assertThat(run.out()).containsExactly("5 on nio, thread");
    assertThat(run.err())
        .filteredOn(line -> line.contains("--add-exports java.base/jdk.internal.vm=ALL-UNNAMED"))
        .hasSize(FAST ? 1 : 0);
  }

  @Test
  void withoutAnyBackendTheErrorNamesTheModules() throws Exception {
    JavaRun run = onClassPath(List.of(), API);
    assertThat(run.code()).isEqualTo(1);
    assertThat(String.join("\n", run.err())).contains("put loop-netty or loop-nio on");
  }

  @Test
  void unknownBackendListsWhatWasFound() throws Exception {
    List<String> flags = withNatives("ALL-UNNAMED", "-Ddev.ioloop.backend=bogus", THREAD);
    JavaRun run = onClassPath(flags, API, NIO, NETTY, JARS_OF_NETTY);
    assertThat(run.code()).isEqualTo(1);
    assertThat(String.join("\n", run.err()))
        .contains("no backend named \"bogus\"")
        .contains("epoll (available)", "nio (available)", "kqueue (unavailable: ", "io_uring (");
  }

  @Test
  void backendWhoseModuleIsMissingIsNotListed() throws Exception {
    JavaRun run = onClassPath(List.of("-Ddev.ioloop.backend=epoll", THREAD), API, NIO);
    assertThat(run.code()).isEqualTo(1);
    assertThat(String.join("\n", run.err()))
        .contains("no backend named \"epoll\"", "Found: nio (available)");
  }

  // Module path

  @Test
  void nioAloneOnTheModulePath() throws Exception {
    assertSum(onModulePath(List.of(THREAD), API, NIO), "nio", "thread");
  }

  @Test
  void nettyOnTheModulePathGivesEpoll() throws Exception {
    List<String> flags = withNatives("io.netty.common", MODULE_PATH_FLAG, THREAD);
    assertSum(onModulePath(flags, API, NIO, NETTY, JARS_OF_NETTY), "epoll", "thread");
    assertSum(onModulePath(flags, API, NETTY, JARS_OF_NETTY), "epoll", "thread");
  }

  @Test
  void exportGivesTheFastMakeOnTheModulePath() throws Exception {
    List<String> flags =
        withNatives(
            "io.netty.common",
            MODULE_PATH_FLAG,
            "--add-exports=java.base/jdk.internal.vm=dev.ioloop",
            "--add-exports=java.base/sun.nio.ch=dev.ioloop.netty");
    assertSum(onModulePath(flags, API, NIO, NETTY, JARS_OF_NETTY), "epoll", FAST_ENGINE);
  }

  @Test
  void agentGivesTheFastMakeOnTheModulePath() throws Exception {
    List<String> flags =
        withNatives("io.netty.common", MODULE_PATH_FLAG, "-javaagent:" + path(API));
    assertSum(onModulePath(flags, API, NIO, NETTY, JARS_OF_NETTY), "epoll", FAST_ENGINE);
    assertSum(onModulePath(List.of("-javaagent:" + path(API)), API, NIO), "nio", FAST_ENGINE);
  }

  @Test
  void withoutItsFlagNettyLeavesTheModulePathToNio() throws Exception {
    List<String> flags = withNatives("io.netty.common", THREAD);
    assertSum(onModulePath(flags, API, NIO, NETTY, JARS_OF_NETTY), "nio", "thread");
  }

  @Test
  void withoutItsFlagNettyNamesItOnTheModulePath() throws Exception {
    List<String> flags = withNatives("io.netty.common", "-Ddev.ioloop.backend=epoll", THREAD);
    JavaRun run = onModulePath(flags, API, NIO, NETTY, JARS_OF_NETTY);
    assertThat(run.code()).isEqualTo(1);
    assertThat(String.join("\n", run.err()))
        .contains("\"epoll\" is not available", "--add-modules ALL-MODULE-PATH");
  }

  @Test
  void makeAskedForByNameNamesTheFlagOnTheModulePath() throws Exception {
    assumeTrue(FAST, "this JDK has no continuations");
    JavaRun run = onModulePath(List.of("-Ddev.ioloop.generator=continuation"), API, NIO);
    assertThat(run.code()).isEqualTo(1);
    assertThat(String.join("\n", run.err()))
        .contains("--add-exports java.base/jdk.internal.vm=dev.ioloop");
  }
}
