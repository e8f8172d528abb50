package dev.ioloop.demo;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** What the commands and their help have in common. */
final class Usage {
  /** The command that starts the jar. */
  static final String PROGRAM = "java -jar ioloop-demo.jar";

  private Usage() {}

  /**
   * Returns a command with the common options.
   *
   * @param program what it runs
   * @param description what it does, in one sentence
   * @param examples arguments worth trying
   */
  static CommandSpec of(Runnable program, String description, String... examples) {
    return complete(CommandSpec.wrapWithoutInspection(program), description, examples);
  }

  /** As {@link #of(Runnable, String, String...)}, for a command that only contains others. */
  static CommandSpec of(String description, String... examples) {
    return complete(CommandSpec.create(), description, examples);
  }

  private static CommandSpec complete(CommandSpec command, String description, String[] examples) {
    String[] lines = new String[examples.length];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = "  " + PROGRAM + " " + examples[i];
    }
    command
        .usageMessage()
        .width(100)
        .sortOptions(false)
        .description(description)
        .optionListHeading("%nOptions:%n")
        .commandListHeading("%nCommands:%n")
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(exitCodes())
        .footerHeading("%nExamples:%n")
        .footer(lines);
    CommonOptions.addTo(command);
    return command.versionProvider(new Version());
  }

  private static Map<String, String> exitCodes() {
    Map<String, String> codes = new LinkedHashMap<>();
    codes.put("0", "The program succeeded.");
    codes.put("1", "The program failed.");
    codes.put("2", "The command line is wrong, or asks for something that is not available here.");
    return codes;
  }
}
