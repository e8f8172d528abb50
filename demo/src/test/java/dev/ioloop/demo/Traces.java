package dev.ioloop.demo;

/** Makes printed stack traces comparable. */
public final class Traces {
  private Traces() {}

  /** Leaves out what changes with the lines above a frame's, the compiler, the JVM and the time. */
  public static String withoutNumbers(String text) {
    return text.replace(System.lineSeparator(), "\n")
        .replace("\t", "    ")
        .replace("app//", "")
        .replaceAll(" *at \\S+\\$\\$Lambda\\S+ ?\\(Unknown Source\\)\n", "")
        .replaceAll("\\.java:\\d+\\)", ".java)")
        .replaceAll("(timeout in|suspended for|sleeps for) \\d+ ms", "$1 N ms")
        .replaceAll("(lambda\\$\\w+)\\$\\d+", "$1");
  }
}
