package dev.ioloop.diagnostics;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jfr.SettingControl;

/**
 * The recorder setting for the shortest recorded wait of a coroutine: a number and a unit, like the
 * thresholds of the JDK's events. Simultaneous recordings share the shortest one.
 */
public final class LongWait extends SettingControl {
  private static final String DEFAULT = "10 ms";
  private static final Pattern TIME = Pattern.compile("(\\d{1,9}) *(ns|us|ms|s|m|h)");

  private String value = DEFAULT;

  /** Called by the recorder. */
  public LongWait() {}

  /**
   * Parses a time, in nanoseconds, capped at the maximum. An invalid time counts as the default.
   */
  private static long nanos(String time) {
    Matcher matcher = TIME.matcher(time.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return nanos(DEFAULT);
    }
    long number = Long.parseLong(matcher.group(1));
    long unit = nanosPerUnit(matcher.group(2));
    return number < Long.MAX_VALUE / unit ? number * unit : Long.MAX_VALUE;
  }

  private static long nanosPerUnit(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "us" -> 1_000;
      case "ms" -> 1_000_000;
      case "s" -> 1_000_000_000;
      case "m" -> 60_000_000_000L;
      default -> 3_600_000_000_000L; // h
    };
  }

  @Override
  public String combine(Set<String> values) {
    return values.stream().min((a, b) -> Long.compare(nanos(a), nanos(b))).orElse(DEFAULT);
  }

  @Override
  public void setValue(String value) {
    this.value = value;
    Flight.longWaitNanos = nanos(value);
  }

  @Override
  public String getValue() {
    return value;
  }
}
