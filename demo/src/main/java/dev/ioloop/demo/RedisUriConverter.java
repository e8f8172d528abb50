package dev.ioloop.demo;

import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads where a Redis is. Does not repeat what it cannot read: there may be a password in it. */
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
      // Its message repeats the text.
    }
    throw new TypeConversionException(
        "that is not where a Redis is; write redis://HOST:PORT, redis://:PASSWORD@HOST:PORT, or"
            + " rediss:// for TLS");
  }
}
