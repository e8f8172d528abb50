package dev.ioloop.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.testing.FailOnUnexpectedLog.Watch;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(5)
final class FailOnUnexpectedLogTest {

  private static final String NAME = "dev.ioloop.testing.fail-on-unexpected-log-test";

  private final Logger logger = Logger.getLogger(NAME);

  FailOnUnexpectedLogTest() {
    logger.setUseParentHandlers(false);
  }

  @Test
  void warningThatNobodyAnnouncedFailsTheTestAndShowsItsCause() {
    Watch watch = new Watch(logger);
    IllegalStateException cause = new IllegalStateException("cause");
    logger.log(Level.WARNING, "a warning", cause);
    assertThatThrownBy(watch::end)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("a warning")
        .hasSuppressedException(cause);
    assertThat(logger.getFilter()).isNull();
  }

  @Test
  void announcedAndHarmlessRecordsPass() {
    Watch watch = new Watch(logger);
    try (ExpectLog log = new ExpectLog(NAME, "announced")) {
      logger.warning("an announced warning");
      logger.info("information");
      log.assertCount(1);
    }
    assertThatCode(watch::end).doesNotThrowAnyException();
  }
}
