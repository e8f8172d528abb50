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
 * The path of a unix domain socket that is listened on. It is bound in a directory that only this
 * user may enter and then moved to its place, so there is no moment in which others could connect.
 */
final class UnixPath {
  private static final int MAX_BYTES = 107;
  private static final int FILE_TYPE = 0170000;
  private static final int SOCKET = 0140000;

  /** How often others may come between. */
  private static final int MAX_TRIES = 10;

  private final Path path;
  private @Nullable Object fileKey;

  UnixPath(Path path) throws IOException {
    if (ShortPath.length(path) > MAX_BYTES) {
      throw new BindException(
          "cannot listen on " + path + ": a path may have " + MAX_BYTES + " bytes");
    }
    this.path = path.toAbsolutePath();
  }

  /** Listens there, in place of a socket that nobody listens on any more. */
  StreamListener listen(StreamSockets sockets, int backlog) throws IOException {
    refuseTaken(); // before anything is made
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

  /** Gives the hidden socket its path, by a link, which unlike a move replaces nothing. */
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
    throw taken("sockets come and go there; try again");
  }

  /**
   * Removes the stale socket at the path. By now another server's may be there, so what is there is
   * moved to {@code old}, looked at again, and put back unless it is stale.
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
        // A third server has taken the path at this very moment.
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

  /** Returns why a file must stay; null where it is a stale socket, or has gone. */
  private static @Nullable String obstacle(Path file) throws IOException {
    try {
      if (!isSocket(file)) {
        return "it is no socket; listen on another path, or remove it";
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
          : "it cannot be found out whether somebody listens on it: " + e.getMessage();
    }
    return "somebody listens on it; stop that server first";
  }

  private FileAlreadyExistsException taken(String reason) {
    return new FileAlreadyExistsException(path.toString(), null, reason);
  }

  // To Java's own attributes a FIFO and a device are as "other" as a socket.
  private static boolean isSocket(Path file) throws IOException {
    int mode = (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return (mode & FILE_TYPE) == SOCKET;
  }

  /**
   * Removes the socket, unless another one has taken its place. Call before the listener is closed:
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

  /** Tells the path that it was moved to. */
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
