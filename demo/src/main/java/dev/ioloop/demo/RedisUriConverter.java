package dev.ioloop.demo;

import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the address of a Redis. It never repeats invalid text, which may contain a password. */
final class RedisUriConverter implements ITypeConverter<URI> {
  @Override
  public URI convert(String text) {
    try {
      URI uri = new URI(text);
      if (("redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme()))
          && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // The exception's message repeats the text.
    }
    throw new TypeConversionException(
        "this is not the address of a Redis; write redis://HOST:PORT, redis://:PASSWORD@HOST:PORT, or"
            + " rediss:// for TLS");
  }
}
