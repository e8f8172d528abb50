package dev.ioloop.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(5)
final class ExpectLogTest {

  private static final String NAME = "dev.ioloop.testing.expect-log-test";

  private final Logger logger = Logger.getLogger(NAME);
  private final List<String> published = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          published.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
  }

  @AfterEach
  void stopListening() {
    logger.removeHandler(handler);
  }

  @Test
  void matchingRecordsAreSwallowedAndTheOthersPass() {
    try (ExpectLog log = new ExpectLog(NAME, "expec.ed")) {
      logger.info("an expected record");
      logger.info("another record");
      log.assertCount(1);
      assertThat(log.records())
          .extracting(LogRecord::getMessage)
          .containsOnly("an expected record");
    }
    logger.info("expected, but too late");
    assertThat(published).containsExactly("another record", "expected, but too late");
  }

  @Test
  void parametersAreFilledInBeforeTheMatch() {
    try (ExpectLog log = new ExpectLog(NAME, "3 of 4")) {
      logger.log(Level.INFO, "{0} of {1}", new Object[] {3, 4});
      log.assertCount(1);
    }
  }

  @Test
  void closeFailsWhereNothingMatched() {
    ExpectLog log = new ExpectLog(NAME, "expected");
    logger.info("another record");
    assertThatThrownBy(log::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("expected")
        .hasMessageContaining(NAME);
    assertThatCode(log::close).doesNotThrowAnyException();
  }

  @Test
  void countMustBeExact() {
    try (ExpectLog log = new ExpectLog(NAME, "expected")) {
      log.assertCount(0);
      logger.info("expected");
      assertThatThrownBy(() -> log.assertCount(2))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("INFO expected");
    }
  }

  @Test
  void newestOfSeveralSeesARecordFirst() {
    try (ExpectLog outer = new ExpectLog(NAME, "record")) {
      try (ExpectLog inner = new ExpectLog(NAME, "inner")) {
        logger.info("record for the inner");
        logger.info("record for the outer");
        inner.assertCount(1);
      }
      outer.assertCount(1);
    }
    assertThat(published).isEmpty();
  }

  @Test
  void levelIsSwitchedOnAndOffAgain() {
    Level before = logger.getLevel();
    try (ExpectLog log = new ExpectLog(NAME, "debug", Level.FINE)) {
      logger.fine("a debug record");
      log.assertCount(1);
    }
    assertThat(logger.getLevel()).isEqualTo(before);
  }
}
