package dev.ioloop.demo;

import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The options of every command; they may stand before or after the command. */
final class CommonOptions {
  private static final String BACKEND = "--backend";
  private static final String GENERATOR = "--generator";
  private static final String VERBOSE = "--verbose";

  private CommonOptions() {}

  static void addTo(CommandSpec command) {
    command
        .addOption(
            OptionSpec.builder(BACKEND)
                .order(1)
                .paramLabel("NAME")
                .type(String.class)
                .description(
                    "The backend: epoll, io_uring, kqueue or nio.",
                    "Default: the best one here; \"backends\" lists them.")
                .build())
        .addOption(
            OptionSpec.builder(GENERATOR)
                .order(1)
                .paramLabel("ENGINE")
                .type(String.class)
                .description(
                    "The coroutine engine: continuation (fast, JDK 21 or newer) or thread.",
                    "Default: the fast one if it is available.")
                .build())
        .addOption(
            OptionSpec.builder("-v", VERBOSE)
                .order(1)
                .description("If the program fails, show the stack trace too.")
                .build())
        .addOption(
            OptionSpec.builder("-h", "--help")
                .order(1)
                .usageHelp(true)
                .description("Show this help and exit.")
                .build())
        .addOption(
            OptionSpec.builder("-V", "--version")
                .order(1)
                .versionHelp(true)
                .description("Show the versions of this jar, of Java and of the system, and exit.")
                .build());
  }

  /** Configures ioloop as the command line says. */
  static void apply(ParseResult parsed) {
    try {
      String backend = value(BACKEND, parsed);
      if (backend != null) {
        IOLoop.configure(backend);
      }
      String generator = value(GENERATOR, parsed);
      if (generator != null) {
        Gen.configure(generator);
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new ParameterException(parsed.commandSpec().commandLine(), e.getMessage(), e);
    }
  }

  static boolean verbose(ParseResult parsed) {
    return value(VERBOSE, parsed) != null;
  }

  /** Returns the last value on the command line. */
  private static <T> @Nullable T value(String option, ParseResult parsed) {
    T value = null;
    for (ParseResult command = parsed; command != null; command = command.subcommand()) {
      value = command.matchedOptionValue(option, value);
    }
    return value;
  }
}
