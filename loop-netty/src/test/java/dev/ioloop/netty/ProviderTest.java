package dev.ioloop.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Backend;
import dev.ioloop.IOLoop;
import java.io.FileNotFoundException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProviderTest {

  private static final boolean MODULE_PATH = EpollProvider.class.getModule().isNamed();

  @Test
  void providersAreFoundTheMostPreferredFirst() {
    assertThat(IOLoop.backends())
        .extracting(Backend::name)
        .containsSubsequence("epoll", "kqueue", "io_uring");
    assertThat(new EpollProvider().priority()).isEqualTo(300);
    assertThat(new KQueueProvider().priority()).isEqualTo(250);
    assertThat(new IoUringProvider().priority()).isNegative();
  }

  @Test
  @DisabledOnOs({OS.MAC, OS.FREEBSD, OS.OPENBSD})
  void kqueueSaysWhereItExists() {
    assertThat(new KQueueProvider().unavailabilityCause())
        .hasMessage("Only supported on OSX/BSD, and this is " + System.getProperty("os.name"))
        .hasRootCauseInstanceOf(IllegalStateException.class);
  }

  /** As Netty nests them. */
  @Test
  void missingLibrarySaysWhatToAdd() {
    UnsatisfiedLinkError netty = new UnsatisfiedLinkError("could not load a native library");
    netty.initCause(new FileNotFoundException("META-INF/native/libnetty.so"));
    assertThat(NativeTransport.unavailabilityCause("epoll", () -> netty))
        .hasMessageContaining(
            MODULE_PATH
                ? "--add-modules ALL-MODULE-PATH --enable-native-access=io.netty.common"
                : "io.netty:netty-transport-native-epoll")
        .hasCause(netty);
  }

  @Test
  void forbiddenLibrarySaysWhichFlagToGive() {
    UnsatisfiedLinkError netty = new UnsatisfiedLinkError("could not load a native library");
    netty.initCause(new IllegalCallerException("restricted"));
    assertThat(NativeTransport.unavailabilityCause("epoll", () -> netty))
        .hasMessageContaining(
            "--enable-native-access=" + (MODULE_PATH ? "io.netty.common" : "ALL-UNNAMED"));
  }

  /** As on a system whose C library is another, where Netty also looks for another name in vain. */
  @Test
  void unusableLibraryIsNotCalledMissing() {
    UnsatisfiedLinkError netty = new UnsatisfiedLinkError("/tmp/libnetty.so: file too short");
    netty.addSuppressed(new FileNotFoundException("META-INF/native/libnetty.so"));
    assertThat(NativeTransport.unavailabilityCause("epoll", () -> netty))
        .hasMessageContaining("/tmp/libnetty.so: file too short");
  }

  @Test
  void missingClassesAreNoError() {
    NoClassDefFoundError missing = new NoClassDefFoundError("io/netty/channel/kqueue/KQueue");
    assertThat(
            NativeTransport.unavailabilityCause(
                "kqueue",
                () -> {
                  throw missing;
                }))
        .hasMessageContaining("io.netty:netty-transport-classes-kqueue")
        .hasCause(missing);
  }
}
