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
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
    removeStale();
    Path directory = makeDirectory();
    Path hidden = directory.resolve("s");
    StreamListener listener = null;
    try (ShortPath shortened = ShortPath.of(directory, "/s".length())) {
      SocketAddress address = UnixDomainSocketAddress.of(shortened.path().resolve("s"));
      listener = new Renamed(Listening.listen(sockets, address, backlog, false), path);
      Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-------"));
      Files.createLink(path, hidden); // unlike a move, it replaces nothing
      Files.delete(hidden);
      fileKey = fileKey();
      return listener;
    } catch (IOException | RuntimeException e) {
      if (listener != null) {
        listener.close();
      }
      Files.deleteIfExists(hidden);
      throw e;
    } finally {
      Files.deleteIfExists(directory);
    }
  }

  private Path makeDirectory() throws IOException {
    try {
      return Files.createTempDirectory(
          path.getParent(),
          ".s",
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (NoSuchFileException e) {
      NoSuchFileException missing =
          new NoSuchFileException(path.toString(), null, "its directory is missing");
      missing.initCause(e);
      throw missing;
    }
  }

  private void removeStale() throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!isSocket()) {
      throw taken("it is no socket; listen on another path, or remove it");
    }
    try (ShortPath shortened = ShortPath.of(path, 0);
        SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.configureBlocking(false);
      probe.connect(UnixDomainSocketAddress.of(shortened.path()));
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("refused")) {
        Files.deleteIfExists(path);
        return;
      }
      throw taken("it cannot be found out whether somebody listens on it: " + e.getMessage());
    }
    throw taken("somebody listens on it; stop that server first");
  }

  private FileAlreadyExistsException taken(String reason) {
    return new FileAlreadyExistsException(path.toString(), null, reason);
  }

  // To Java's own attributes a FIFO and a device are as "other" as a socket.
  private boolean isSocket() throws IOException {
    int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return (mode & FILE_TYPE) == SOCKET;
  }

  /** Removes the socket, unless another one has taken its place. */
  void remove() {
    try {
      Object present = fileKey();
      if (present != null && present.equals(fileKey)) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // Gone already.
    }
  }

  private @Nullable Object fileKey() throws IOException {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        ? Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey()
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
