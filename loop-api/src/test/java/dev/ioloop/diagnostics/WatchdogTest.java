package dev.ioloop.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the watchdog's property may say. */
final class WatchdogTest {

  @Test
  void timesAreMillisecondsOrSeconds() {
    assertThat(Watchdog.limit("100ms")).isEqualTo(Duration.ofMillis(100));
    assertThat(Watchdog.limit("3s")).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void nothingSaidIsTwoSecondsAndOffIsOff() {
    assertThat(Watchdog.limit("")).isEqualTo(Duration.ofSeconds(2));
    assertThat(Watchdog.limit("off")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0s", "100", "-1s", "soon", "99999999999s", "1h"})
  void badTimeIsRefused(String value) {
    assertThatThrownBy(() -> Watchdog.limit(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("\"" + value + "\"", "100ms", "off");
  }
}
