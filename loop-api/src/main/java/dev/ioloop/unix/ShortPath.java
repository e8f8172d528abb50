package dev.ioloop.unix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A form of a path that is short enough for the address of a unix domain socket: the path itself,
 * or a symbolic link to it that exists until this is closed. The kernel accepts 107 bytes (Linux)
 * or 103, the JDK one less.
 */
public final class ShortPath implements AutoCloseable {

  /** The length that every system and the JDK accept. */
  private static final int MAX_BYTES = 102;

  private final Path path;

  /** The directory of the link, which only this user may enter; null if no link is needed. */
  private final @Nullable Path directory;

  private ShortPath(Path path, @Nullable Path directory) {
    this.path = path;
    this.directory = directory;
  }

  /** Creates a short form of {@code path} that leaves room for {@code more} bytes after it. */
  public static ShortPath of(Path path, int more) throws IOException {
    if (length(path) + more <= MAX_BYTES) {
      return new ShortPath(path, null);
    }
    Path directory = Files.createTempDirectory("s");
    try {
      Path link = Files.createSymbolicLink(directory.resolve("l"), path.toAbsolutePath());
      return new ShortPath(link, directory);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(directory);
      throw e;
    }
  }

  /** Returns the length of a path in an address, in bytes. */
  public static int length(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  /** Returns the short form. */
  public Path path() {
    return path;
  }

  /** Removes the link if there is one. */
  @Override
  public void close() throws IOException {
    if (directory != null) {
      Files.deleteIfExists(path);
      Files.deleteIfExists(directory);
    }
  }
}
