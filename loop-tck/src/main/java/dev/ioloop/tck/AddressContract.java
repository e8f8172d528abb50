package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import dev.ioloop.testing.Testing;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The addresses that can be listened on and connected to, and how others fail. */
@OnEachGenerator
@Needs({Capability.CHANNELS, Capability.ORDER})
public abstract class AddressContract extends ChannelContract {

  /** No machine has this address: it is reserved for documentation. */
  private static final String FOREIGN = "203.0.113.1";

  @TempDir Path directory;

  /** Made by subclasses. */
  protected AddressContract() {}

  private static final class Greeter extends TCPServer {
    @Override
    protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
      stream.write("hello".getBytes(ISO_8859_1));
      stream.close();
    }
  }

  private final Greeter greeter = new Greeter();
  private final TCPClient client = new TCPClient();

  private static String greeting(Future<IOStream> connecting) {
    return new String(await(await(connecting).readUntilClose()), ISO_8859_1);
  }

  private static void assertRefused(
      Future<IOStream> connecting, Class<? extends IOException> type, String... texts) {
    assertThatThrownBy(() -> await(connecting))
        .isInstanceOfSatisfying(
            StreamClosedException.class,
            e ->
                assertThat(e.realError())
                    .isExactlyInstanceOf(type)
                    .hasMessageContainingAll(texts)
                    .hasCauseInstanceOf(IOException.class));
  }

  private UnixDomainSocketAddress unix(String name) {
    return UnixDomainSocketAddress.of(directory.resolve(name));
  }

  // The exceptions, which are of the same kinds on every backend

  @Test
  void portThatIsTakenIsABindExceptionThatNamesTheAddress() {
    loop.runSync(
        () -> {
          SocketAddress bound =
              greeter.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
          String port = ":" + ((InetSocketAddress) bound).getPort();
          assertThatThrownBy(() -> new Greeter().listen(bound))
              .isExactlyInstanceOf(BindException.class)
              .hasMessageContainingAll("127.0.0.1", port, "Address already in use")
              .hasCauseInstanceOf(IOException.class);
          greeter.stop();
        });
  }

  @Test
  void addressOfAnotherMachineIsABindExceptionThatNamesIt() {
    loop.runSync(
        () ->
            assertThatThrownBy(() -> greeter.listen(0, FOREIGN))
                .isExactlyInstanceOf(BindException.class)
                .hasMessageContaining(FOREIGN));
  }

  @Test
  void hostThatIsUnknownIsAnUnknownHostException() {
    loop.runSync(
        () ->
            assertThatThrownBy(
                    () -> greeter.listen(InetSocketAddress.createUnresolved("a.invalid", 0)))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("a.invalid"));
  }

  @Test
  void pathInADirectoryThatIsMissingIsANoSuchFileExceptionThatNamesIt() {
    loop.runSync(
        () ->
            assertThatThrownBy(() -> greeter.listen(unix("missing/a.sock")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContainingAll("missing/a.sock", "directory is missing"));
  }

  @Test
  void pathWhoseDirectoryIsNoneIsAFileSystemExceptionThatNamesThePath() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    loop.runSync(
        () ->
            assertThatThrownBy(() -> greeter.listen(unix("file/a.sock")))
                .isInstanceOfSatisfying(
                    FileSystemException.class,
                    e -> assertThat(e.getFile()).isEqualTo(file.resolve("a.sock").toString()))
                .hasMessageContaining("Not a directory"));
  }

  @Test
  void portThatNobodyListensOnIsAConnectExceptionThatNamesTheAddress() {
    loop.runSync(
        () -> {
          int port;
          try (ServerSocketChannel unused = Testing.bindUnusedPort()) {
            port = ((InetSocketAddress) unused.getLocalAddress()).getPort();
          }
          assertRefused(
              client.connect("127.0.0.1", port),
              ConnectException.class,
              "127.0.0.1:" + port,
              "refused");
        });
  }

  @Test
  void pathsThatNobodyListensOnAreConnectExceptionsThatNameThePath() throws IOException {
    Files.writeString(directory.resolve("file"), "");
    loop.runSync(
        () -> {
          assertRefused(
              client.connect(unix("none.sock")),
              ConnectException.class,
              "none.sock",
              "No such file or directory");
          assertRefused(client.connect(unix("file")), ConnectException.class, "file", "refused");
        });
  }

  @Test
  void networkThatCannotBeReachedIsANoRouteToHostException() {
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux"), "the address is unreachable on Linux");
    loop.runSync(
        () ->
            assertRefused(
                client.connect("255.255.255.255", 80),
                NoRouteToHostException.class,
                "255.255.255.255:80"));
  }

  @Test
  void sourceAddressOfAnotherMachineIsABindException() {
    loop.runSync(
        () -> {
          SocketAddress bound = greeter.listen(0, "127.0.0.1");
          TCPClient foreign = new TCPClient().sourceAddress(new InetSocketAddress(FOREIGN, 0));
          assertRefused(foreign.connect(bound), BindException.class, "Cannot assign");
          greeter.stop();
        });
  }

  // Paths of unix domain sockets

  @Test
  void socketFileIsForThisUserOnlyAndGoesWithTheServer() {
    loop.runSync(
        () -> {
          Path path = directory.resolve("mine.sock");
          SocketAddress bound = greeter.listen(UnixDomainSocketAddress.of(path));
          assertThat(bound).isEqualTo(UnixDomainSocketAddress.of(path));
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
              .isEqualTo("rw-------");
          try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(path);
          }
          greeter.stop();
          assertThat(directory).isEmptyDirectory();
        });
  }

  @Test
  void staleSocketIsReplacedAndOneInUseIsNot() {
    loop.runSync(
        () -> {
          UnixDomainSocketAddress address = unix("old.sock");
          loop.sockets().listen(address, 0, false).close();
          assertThat(address.getPath()).exists();
          greeter.listen(address);
          assertThatThrownBy(() -> new Greeter().listen(address))
              .isInstanceOf(FileAlreadyExistsException.class)
              .hasMessageContaining("a server listens");
          assertThat(greeting(client.connect(address))).isEqualTo("hello");
          greeter.stop();
        });
  }

  private static @Nullable Exception listen(IOLoop loop, TCPServer server, SocketAddress address) {
    loop.makeCurrent();
    try {
      server.listen(address);
      return null;
    } catch (IOException e) {
      return e;
    } finally {
      IOLoop.clearCurrent();
    }
  }

  @Test
  void ofTwoServersThatStartOnOneStaleSocketOneListensAndOneIsRefused() throws Exception {
    UnixDomainSocketAddress address = unix("raced.sock");
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (IOLoop other = IOLoop.create(loop.backend())) {
      CyclicBarrier start = new CyclicBarrier(2);
      for (int i = 0; i < 300; i++) {
        loop.sockets().listen(address, 0, false).close(); // It is stale.
        Object key = Files.readAttributes(address.getPath(), BasicFileAttributes.class).fileKey();
        List<TCPServer> servers = List.of(new Greeter(), new Greeter());
        List<java.util.concurrent.Future<@Nullable Exception>> racing = new ArrayList<>();
        for (TCPServer server : servers) {
          IOLoop serving = server == servers.get(0) ? loop : other;
          racing.add(
              threads.submit(
                  () -> {
                    start.await(10, TimeUnit.SECONDS);
                    return listen(serving, server, address);
                  }));
        }
        List<Exception> refusals = new ArrayList<>();
        for (java.util.concurrent.Future<@Nullable Exception> one : racing) {
          Exception refusal = one.get(10, TimeUnit.SECONDS);
          if (refusal != null) {
            refusals.add(refusal);
          }
        }
        assertThat(refusals)
            .singleElement()
            .isInstanceOfSatisfying(
                FileAlreadyExistsException.class,
                e -> assertThat(e.getFile()).isEqualTo(address.getPath().toString()))
            .asString()
            .contains("a server listens");
        assertThat(Files.readAttributes(address.getPath(), BasicFileAttributes.class).fileKey())
            .isNotEqualTo(key);
        try (var files = Files.list(directory)) {
          assertThat(files).containsExactly(address.getPath());
        }
        servers.forEach(TCPServer::stop);
        assertThat(directory).isEmptyDirectory();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private void assertStays(Path path, Callable<?> state) throws Exception {
    Object before = state.call();
    loop.runSync(
        () ->
            assertThatThrownBy(() -> greeter.listen(UnixDomainSocketAddress.of(path)))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContainingAll(path.toString(), "not a socket"));
    assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat(state.call()).isEqualTo(before);
  }

  @Test
  void fileStays() throws Exception {
    Path path = Files.writeString(directory.resolve("precious"), "data");
    assertStays(path, () -> Files.readString(path));
  }

  @Test
  void directoryStays() throws Exception {
    Path path = Files.createDirectory(directory.resolve("precious"));
    assertStays(path, () -> Files.isDirectory(path));
  }

  @Test
  void fifoStays() throws Exception {
    Path path = directory.resolve("precious");
    Assumptions.assumeTrue(
        new ProcessBuilder("mkfifo", path.toString()).inheritIO().start().waitFor() == 0,
        "no mkfifo here");
    assertStays(path, () -> Files.getAttribute(path, "unix:mode"));
  }

  @Test
  void linkStaysAndSoDoesTheStaleSocketItLeadsTo() throws Exception {
    UnixDomainSocketAddress stale = unix("stale.sock");
    loop.runSync(() -> loop.sockets().listen(stale, 0, false).close());
    Path path = Files.createSymbolicLink(directory.resolve("link"), stale.getPath());
    assertStays(path, () -> Files.readSymbolicLink(path));
    assertThat(stale.getPath()).exists();
    Path dangling = Files.createSymbolicLink(directory.resolve("none"), Path.of("nowhere"));
    assertStays(dangling, () -> Files.readSymbolicLink(dangling));
  }

  private Path pathOf(int bytes, String first) {
    String start = directory.resolve(first).toString();
    return Path.of(start + "x".repeat(bytes - start.length()));
  }

  @Test
  void pathMayHave107Bytes() throws IOException {
    Path deep = Files.createDirectories(pathOf(100, "d"));
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux"), "the system's paths are shorter");
    loop.runSync(
        () -> {
          for (Path path :
              new Path[] {pathOf(107, "f"), pathOf(106, "e"), deep.resolve("s.sock")}) {
            UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
            for (int i = 0; i < 2; i++) {
              assertThat(greeter.listen(address)).isEqualTo(address);
              assertThatThrownBy(() -> new Greeter().listen(address))
                  .isInstanceOf(FileAlreadyExistsException.class);
              IOStream stream = await(client.connect(address));
              assertThat(stream.remoteAddress()).isEqualTo(address);
              assertThat(await(stream.readUntilClose())).hasSize(5);
              greeter.stop();
              assertThat(path).doesNotExist();
              loop.sockets().listen(unix("short"), 0, false).close();
              Files.move(directory.resolve("short"), path); // It is stale.
            }
          }
          Path tooLong = pathOf(108, "t");
          assertThatThrownBy(() -> greeter.listen(UnixDomainSocketAddress.of(tooLong)))
              .isInstanceOf(BindException.class)
              .hasMessageContainingAll(tooLong.toString(), "107");
          assertRefused(
              client.connect(UnixDomainSocketAddress.of(tooLong)),
              ConnectException.class,
              tooLong.toString());
        });
  }
}
