package dev.ioloop.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;

/** What a command did, run in this JVM: its exit code and its output. */
record CommandRun(int code, List<String> out, List<String> err) {

  static CommandRun of(List<String> arguments) {
    return of(arguments.toArray(String[]::new));
  }

  static CommandRun of(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream systemOut = System.out;
    PrintStream systemErr = System.err;
    System.setOut(new PrintStream(out, true, UTF_8));
    System.setErr(new PrintStream(err, true, UTF_8));
    try {
      int code = Main.commandLine().execute(arguments);
      return new CommandRun(code, lines(out), lines(err));
    } finally {
      System.setOut(systemOut);
      System.setErr(systemErr);
      IOLoop.configure(null);
      Gen.configure(null);
    }
  }

  private static List<String> lines(ByteArrayOutputStream bytes) {
    return bytes.toString(UTF_8).lines().toList();
  }
}
