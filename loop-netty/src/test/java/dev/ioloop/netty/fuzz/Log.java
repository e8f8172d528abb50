package dev.ioloop.netty.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Keeps silent what streams say when a limit is exceeded; all else is a difference. */
final class Log implements Filter, AutoCloseable {
  private static final Logger LOGGER = Logger.getLogger("dev.ioloop");

  private final @Nullable Filter previous = LOGGER.getFilter();
  private final List<String> unexpected = new ArrayList<>();
  private @Nullable Throwable thrown;

  Log() {
    LOGGER.setFilter(this);
  }

  @Override
  public boolean isLoggable(LogRecord record) {
    if (record.getMessage().startsWith("A stream was closed: ")) {
      return false;
    }
    if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
      synchronized (this) {
        unexpected.add(record.getMessage());
        thrown = record.getThrown();
      }
    }
    return previous == null || previous.isLoggable(record);
  }

  synchronized void check() {
    if (!unexpected.isEmpty()) {
      throw new Difference("logged: " + unexpected, thrown);
    }
  }

  @Override
  public void close() {
    LOGGER.setFilter(previous);
  }
}
