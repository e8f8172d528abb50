package dev.ioloop.tck;

import java.util.List;
import java.util.stream.Stream;

/** Separates the marks that awaits leave on an exception from the failures that it suppressed. */
final class Marks {

  private Marks() {}

  /** Returns the marks of the awaits that rethrew {@code failure}, in their order. */
  static List<Throwable> of(Throwable failure) {
    return suppressed(failure, true);
  }

  /** Returns the failures suppressed in favour of {@code failure}. */
  static List<Throwable> suppressedBy(Throwable failure) {
    return suppressed(failure, false);
  }

  private static List<Throwable> suppressed(Throwable failure, boolean marks) {
    return Stream.of(failure.getSuppressed()).filter(each -> isMark(each) == marks).toList();
  }

  private static boolean isMark(Throwable suppressed) {
    return suppressed.getClass().getName().startsWith("dev.ioloop.");
  }
}
