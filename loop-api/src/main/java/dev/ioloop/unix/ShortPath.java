package dev.ioloop.unix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A name for a path that is short enough for the address of a unix domain socket: the path itself,
 * or a symbolic link to it that lasts until this is closed. The kernel takes 107 bytes (Linux) or
 * 103, the JDK one less.
 */
public final class ShortPath implements AutoCloseable {

  /** What every system and the JDK take. */
  private static final int MAX_BYTES = 102;

  private final Path path;

  /** Which only this user may enter; null where no link is needed. */
  private final @Nullable Path directory;

  private ShortPath(Path path, @Nullable Path directory) {
    this.path = path;
    this.directory = directory;
  }

  /** Makes one for {@code path}, or for files in it whose names have {@code more} bytes at most. */
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

  /** Returns how many bytes a path has in an address. */
  public static int length(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  /** Returns the short name. */
  public Path path() {
    return path;
  }

  /** Removes the link. */
  @Override
  public void close() throws IOException {
    if (directory != null) {
      Files.deleteIfExists(path);
      Files.deleteIfExists(directory);
    }
  }
}
