package dev.ioloop.demo;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a count. */
final class CountConverter implements ITypeConverter<Integer> {
  private final int least;
  private final int most;

  /** Allows zero or more. */
  CountConverter() {
    this(0, Integer.MAX_VALUE);
  }

  CountConverter(int least, int most) {
    this.least = least;
    this.most = most;
  }

  @Override
  public Integer convert(String text) {
    try {
      int count = Integer.parseInt(text);
      if (count >= least && count <= most) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new TypeConversionException(
        "\"" + text + "\" is not a count; write a whole number from " + least + " to " + most);
  }
}
