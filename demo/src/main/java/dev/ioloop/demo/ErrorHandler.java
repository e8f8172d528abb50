package dev.ioloop.demo;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reports in one sentence what went wrong; --verbose adds the stack trace. */
final class ErrorHandler implements IParameterExceptionHandler, IExecutionExceptionHandler {
  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, err);
    // If an option's value was refused, the sentence says what the value should be.
    if (e.getCause() == null) {
      err.println(hint(command));
    }
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static String hint(CommandLine command) {
    String help = "Try '" + command.getCommandSpec().qualifiedName() + " --help'";
    return command.getSubcommands().isEmpty()
        ? help + "."
        : help + ". The commands are: " + String.join(", ", command.getSubcommands().keySet());
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    String reason = e.getMessage() == null ? e.toString() : e.getMessage();
    err.println(command.getCommandName() + " failed: " + reason);
    if (CommonOptions.verbose(parsed)) {
      e.printStackTrace(err);
    }
    return command.getCommandSpec().exitCodeOnExecutionException();
  }
}
