package dev.ioloop.demo;

import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.RunLast;

/**
 * The main class of the jar: knows the commands and their options, and does nothing itself.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar --help</pre>
 *
 * <p>Without picocli's annotations, because reading them takes a third of a start.
 */
public final class Main {
  private Main() {}

  /** Runs the command that {@code arguments} name, and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    CommandSpec main =
        Usage.of(
            "Small programs that show what ioloop, an event loop with coroutines, can do.",
            "asyn-sum",
            "asyn-sum --backend nio --generator thread",
            "waker --help");
    main.name(Usage.PROGRAM).usageMessage().synopsisSubcommandLabel("COMMAND");
    main.addSubcommand("asyn-sum", asynSum());
    main.addSubcommand("generator", generator());
    main.addSubcommand("waker", waker());
    main.addSubcommand("tasks", tasks());
    main.addSubcommand("crawl", crawl());
    main.addSubcommand("backends", backends());

    ErrorHandler errors = new ErrorHandler();
    return new CommandLine(main)
        .setExecutionStrategy(
            parsed -> {
              CommonOptions.apply(parsed);
              return new RunLast().execute(parsed);
            })
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors);
  }

  private static CommandSpec asynSum() {
    return Usage.of(
        new AsynSum(),
        "Two coroutines that wait for a sum, which a callback of the loop computes.",
        "asyn-sum",
        "asyn-sum --backend nio --generator thread");
  }

  private static CommandSpec generator() {
    return Usage.of(
        new NextAndSend(),
        "A generator that hands back what is sent to it: next and send, without a loop.",
        "generator",
        "generator --generator thread");
  }

  private static CommandSpec waker() {
    OptionSpec period =
        OptionSpec.builder("--period")
            .paramLabel("TIME")
            .type(Duration.class)
            .converters(new DurationConverter())
            .defaultValue("1s")
            .description("How long the thread sleeps before each callback. Default: 1s.")
            .build();
    OptionSpec count =
        OptionSpec.builder("--count")
            .paramLabel("N")
            .type(int.class)
            .converters(new CountConverter())
            .defaultValue("3")
            .description("How many callbacks the thread adds before the program ends. Default: 3.")
            .build();
    return Usage.of(
            () -> new Waker(period.getValue(), count.getValue()).run(),
            "A thread that wakes a sleeping loop by adding callbacks to it.",
            "waker",
            "waker --period 200ms --count 10 --backend nio")
        .addOption(period)
        .addOption(count);
  }

  private static CommandSpec tasks() {
    return Usage.of(
        new Tasks(),
        "Groups of coroutines that end together: one fails, or the time is over.",
        "tasks",
        "tasks --backend nio --generator thread");
  }

  private static CommandSpec crawl() {
    OptionSpec workers =
        OptionSpec.builder("--workers")
            .paramLabel("N")
            .type(int.class)
            .converters(new CountConverter(1, 1_000))
            .defaultValue("4")
            .description("How many pages are fetched at the same time. Default: 4.")
            .build();
    OptionSpec pages =
        OptionSpec.builder("--pages")
            .paramLabel("N")
            .type(int.class)
            .converters(new CountConverter(1, 100_000))
            .defaultValue("20")
            .description("How many pages the site has. Default: 20.")
            .build();
    return Usage.of(
            () -> new Crawl(workers.getValue(), pages.getValue()).run(),
            "A pool of workers over a queue, which reads a small web site on this machine.",
            "crawl",
            "crawl --workers 1 --pages 50 --backend nio")
        .addOption(workers)
        .addOption(pages);
  }

  private static CommandSpec backends() {
    return Usage.of(
        new Backends(),
        "A table of what loops and coroutines can run on here, and why not on the rest.",
        "backends",
        "backends --backend nio");
  }
}
