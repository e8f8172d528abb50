package dev.ioloop.net;

import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.StreamListener;
import dev.ioloop.spi.StreamSockets;
import dev.ioloop.spi.StreamTransport;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The path of a unix domain socket that is listened on. It is bound in a directory that only this
 * user may enter and then moved to its place, so there is no moment in which others could connect.
 */
final class UnixPath {
  private final Path path;
  private @Nullable Object fileKey;

  UnixPath(Path path) {
    this.path = path.toAbsolutePath();
  }

  /** Listens there, in place of a socket that nobody listens on any more. */
  StreamListener listen(StreamSockets sockets) throws IOException {
    removeStale();
    Path directory =
        Files.createTempDirectory(
            path.getParent(),
            ".s",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path hidden = directory.resolve("s");
    StreamListener listener = null;
    try {
      listener =
          new Renamed(
              sockets.listen(UnixDomainSocketAddress.of(hidden), TCPServer.BACKLOG, false), path);
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

  private void removeStale() throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new FileAlreadyExistsException(
          path.toString(), null, "it is no socket; listen on another path, or remove it");
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.configureBlocking(false);
      if (probe.connect(UnixDomainSocketAddress.of(path))) {
        throw new FileAlreadyExistsException(
            path.toString(), null, "somebody listens on it; stop that server first");
      }
    } catch (ConnectException e) {
      Files.deleteIfExists(path);
      return;
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("refused")) {
        Files.deleteIfExists(path);
        return;
      }
      throw e;
    }
    throw new FileAlreadyExistsException(
        path.toString(), null, "somebody listens on it; stop that server first");
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
