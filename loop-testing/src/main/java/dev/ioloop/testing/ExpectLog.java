package dev.ioloop.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Announces log output: hides the records of a {@code java.util.logging} logger that match a
 * regular expression, and fails on {@link #close} if none came. {@link System.Logger} writes there
 * unless another binding is installed.
 *
 * <pre>{@code
 * try (ExpectLog log = expectLog("Exception in callback")) {
 *   loop.start();
 *   log.assertCount(1);
 * }
 * }</pre>
 *
 * <p>Close several on the same logger in the reverse order, as try-with-resources does. The newest
 * sees a record first; a record that does not match goes to the one before, and finally to the log.
 * Safe to use from any thread. Tornado: {@code ExpectLog}.
 */
public final class ExpectLog implements AutoCloseable {

  private final Logger logger;
  private final Pattern regex;
  private final @Nullable Filter previousFilter;
  private final @Nullable Level previousLevel;
  private final Filter filter = this::pass;
  private final List<LogRecord> records = new ArrayList<>();
  private boolean counted;
  private boolean closed;

  /**
   * Expects a message at INFO or above that contains a match of {@code regex}, from the logger of
   * this name.
   */
  public ExpectLog(String loggerName, String regex) {
    this(loggerName, regex, Level.INFO);
  }

  /**
   * As {@link #ExpectLog(String, String)}, for records at {@code level} or above; the level is
   * enabled meanwhile.
   */
  public ExpectLog(String loggerName, String regex, Level level) {
    this.logger = Logger.getLogger(loggerName);
    this.regex = Pattern.compile(regex);
    this.previousFilter = logger.getFilter();
    this.previousLevel = logger.getLevel();
    if (!logger.isLoggable(level)) {
      logger.setLevel(level);
    }
    logger.setFilter(filter);
  }

  private boolean pass(LogRecord record) {
    if (regex.matcher(message(record)).find()) {
      synchronized (records) {
        records.add(record);
      }
      return false;
    }
    return previousFilter == null || previousFilter.isLoggable(record);
  }

  static String message(LogRecord record) {
    String text = new SimpleFormatter().formatMessage(record);
    return text == null ? "" : text;
  }

  /** Returns the records that matched so far. */
  public List<LogRecord> records() {
    synchronized (records) {
      return List.copyOf(records);
    }
  }

  /**
   * Asserts how many records have matched so far. Zero is allowed; then {@link #close} does not
   * require a match either.
   */
  public void assertCount(int expected) {
    counted = true;
    List<LogRecord> found = records();
    if (found.size() != expected) {
      throw new AssertionError(
          "expected " + expected + " log records with '" + regex + "' but got " + texts(found));
    }
  }

  private static List<String> texts(List<LogRecord> records) {
    return records.stream().map(record -> record.getLevel() + " " + message(record)).toList();
  }

  /**
   * Stops watching. A second call does nothing.
   *
   * @throws AssertionError if no record matched and {@link #assertCount} was not called
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    logger.setFilter(previousFilter);
    logger.setLevel(previousLevel);
    if (!counted && records().isEmpty()) {
      throw new AssertionError(
          "expected a log record with '" + regex + "' from " + logger.getName() + ", got none");
    }
  }
}
