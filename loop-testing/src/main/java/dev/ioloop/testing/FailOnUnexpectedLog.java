package dev.ioloop.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test if the loop logs a warning or an error that no {@link ExpectLog} announced.
 *
 * <pre>
 * &#64;ExtendWith(FailOnUnexpectedLog.class)
 * final class MyServerTest {
 * </pre>
 */
public final class FailOnUnexpectedLog implements BeforeEachCallback, AfterEachCallback {

  private static final Namespace NAMESPACE = Namespace.create(FailOnUnexpectedLog.class);

  /** Made by JUnit. */
  public FailOnUnexpectedLog() {}

  @Override
  public void beforeEach(ExtensionContext context) {
    Watch watch = new Watch(Logger.getLogger("dev.ioloop"));
    context.getStore(NAMESPACE).put(Watch.class, watch);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Watch watch = context.getStore(NAMESPACE).remove(Watch.class, Watch.class);
    if (watch != null) {
      watch.end();
    }
  }

  /** Collects the warnings and errors of the logger, and lets all records pass. */
  static final class Watch implements Filter {
    private final Logger logger;
    private final @Nullable Filter previous;
    private final List<LogRecord> unexpected = new CopyOnWriteArrayList<>();

    Watch(Logger logger) {
      this.logger = logger;
      this.previous = logger.getFilter();
      logger.setFilter(this);
    }

    @Override
    public boolean isLoggable(LogRecord record) {
      if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
        unexpected.add(record);
      }
      return previous == null || previous.isLoggable(record);
    }

    void end() {
      logger.setFilter(previous);
      if (unexpected.isEmpty()) {
        return;
      }
      AssertionError error =
          new AssertionError(
              "unexpected log output: " + unexpected.stream().map(ExpectLog::message).toList());
      for (LogRecord record : unexpected) {
        if (record.getThrown() != null) {
          error.addSuppressed(record.getThrown());
        }
      }
      throw error;
    }
  }
}
