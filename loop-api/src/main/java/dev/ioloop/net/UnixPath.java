package dev.ioloop.net;

import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.StreamListener;
import dev.ioloop.spi.StreamSockets;
import dev.ioloop.spi.StreamTransport;
import dev.ioloop.unix.ShortPath;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The path of a listening unix domain socket. The socket is bound in a directory that only this
 * user may enter and is then linked to its path, so other users can never connect to it.
 */
final class UnixPath {
  private static final int MAX_BYTES = 107;
  private static final int FILE_TYPE = 0170000;
  private static final int SOCKET = 0140000;

  /** How many times another process may take the path in between. */
  private static final int MAX_TRIES = 10;

  private final Path path;
  private @Nullable Object fileKey;

  UnixPath(Path path) throws IOException {
    if (ShortPath.length(path) > MAX_BYTES) {
      throw new BindException(
          "cannot listen on " + path + ": the path is longer than " + MAX_BYTES + " bytes");
    }
    this.path = path.toAbsolutePath();
  }

  /** Listens at the path, and replaces a stale socket there. */
  StreamListener listen(StreamSockets sockets, int backlog) throws IOException {
    refuseTaken(); // Before anything is created.
    Path directory = makeDirectory();
    Path hidden = directory.resolve("s");
    StreamListener listener = null;
    try (ShortPath shortened = ShortPath.of(directory, "/s".length())) {
      SocketAddress address = UnixDomainSocketAddress.of(shortened.path().resolve("s"));
      listener = new Renamed(Listening.listen(sockets, address, backlog, false), path);
      Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-------"));
      fileKey = fileKey(hidden);
      publish(hidden, directory.resolve("o"));
      return listener;
    } catch (IOException | RuntimeException e) {
      if (listener != null) {
        listener.close();
      }
      throw e;
    } finally {
      Files.deleteIfExists(hidden);
      Files.deleteIfExists(directory);
    }
  }

  /**
   * Gives the hidden socket its path by a hard link; unlike a move, a link never replaces a file.
   */
  private void publish(Path hidden, Path old) throws IOException {
    for (int i = 0; i < MAX_TRIES; i++) {
      try {
        Files.createLink(path, hidden);
        return;
      } catch (FileAlreadyExistsException e) {
        refuseTaken();
        removeStale(old);
      }
    }
    throw taken("other processes keep creating sockets there; try again");
  }

  /**
   * Removes the stale socket at the path. Another server's socket may have appeared there since, so
   * the file is moved to {@code old}, checked again, and put back unless it is stale.
   */
  private void removeStale(Path old) throws IOException {
    try {
      Files.move(path, old, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return; // Another server has removed it.
    }
    if (obstacle(old) != null) {
      if (!isSocket(old)) {
        Files.move(old, path);
        return;
      }
      try {
        Files.createLink(path, old);
      } catch (FileAlreadyExistsException e) {
        // A third server has just taken the path.
      }
    }
    Files.delete(old);
  }

  private Path makeDirectory() throws IOException {
    try {
      return Files.createTempDirectory(
          path.getParent(),
          ".s",
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileSystemException e) {
      FileSystemException named =
          e instanceof NoSuchFileException
              ? new NoSuchFileException(path.toString(), null, "its directory is missing")
              : e instanceof AccessDeniedException
                  ? new AccessDeniedException(path.toString(), null, "its directory is read-only")
                  : new FileSystemException(path.toString(), null, e.getReason());
      named.initCause(e);
      throw named;
    }
  }

  private void refuseTaken() throws IOException {
    String reason = obstacle(path);
    if (reason != null) {
      throw taken(reason);
    }
  }

  /** Returns why a file must stay; null if it is a stale socket or is gone. */
  private static @Nullable String obstacle(Path file) throws IOException {
    try {
      if (!isSocket(file)) {
        return "it is not a socket; listen on another path, or remove it";
      }
    } catch (NoSuchFileException e) {
      return null;
    }
    try (ShortPath shortened = ShortPath.of(file, 0);
        SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.configureBlocking(false);
      probe.connect(UnixDomainSocketAddress.of(shortened.path()));
    } catch (IOException e) {
      return String.valueOf(e.getMessage()).contains("refused")
              || !Files.exists(file, LinkOption.NOFOLLOW_LINKS)
          ? null
          : "cannot find out whether a server listens on it: " + e.getMessage();
    }
    return "a server listens on it; stop that server first";
  }

  private FileAlreadyExistsException taken(String reason) {
    return new FileAlreadyExistsException(path.toString(), null, reason);
  }

  // Java's own attributes call sockets, FIFOs and devices alike "other".
  private static boolean isSocket(Path file) throws IOException {
    int mode = (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return (mode & FILE_TYPE) == SOCKET;
  }

  /**
   * Removes the socket unless another one has replaced it. Call this before the listener is closed:
   * while it listens, no other server takes the path.
   */
  void remove() {
    try {
      Object present = fileKey(path);
      if (present != null && present.equals(fileKey)) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // Gone already.
    }
  }

  private static @Nullable Object fileKey(Path file) throws IOException {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        ? Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey()
        : null;
  }

  /** A listener that reports its final path instead of the hidden one. */
  private record Renamed(StreamListener listener, Path path) implements StreamListener {
    @Override
    public void start(ReadyHandler handler) {
      listener.start(handler);
    }

    @Override
    public void watch(boolean connections) {
      listener.watch(connections);
    }

    @Override
    public @Nullable StreamTransport accept(StreamSockets serving) throws IOException {
      return listener.accept(serving);
    }

    @Override
    public SocketAddress localAddress() {
      return UnixDomainSocketAddress.of(path);
    }

    @Override
    public void close() {
      listener.close();
    }
  }
}
