package dev.ioloop.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Ends a read from a pipe that a thread is blocked in. The JDK reads the pipes of a process by a
 * call that neither an interrupt nor the close of the stream ends, but a byte does. The kernel
 * tells of which descriptor the thread reads; to open that for writing gives the other end of its
 * pipe. Linux only: elsewhere nothing happens.
 */
final class BlockedRead {
  private static final Path THREAD = Path.of("/proc/thread-self");
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  /** Tells the system call that the thread is in; null where that is not to be had. */
  private final @Nullable Path call;

  private BlockedRead(@Nullable Path call) {
    this.call = call;
  }

  /** Makes one for the calling thread. */
  static BlockedRead ofThisThread() {
    try {
      Path thread = Path.of("/proc").resolve(Files.readSymbolicLink(THREAD));
      return new BlockedRead(thread.resolve("syscall"));
    } catch (IOException | UnsupportedOperationException e) {
      return new BlockedRead(null);
    }
  }

  boolean canEnd() {
    return call != null;
  }

  /**
   * Opens the other end of the pipe that the thread reads from. Its stream must not be closed
   * meanwhile, so that the number of the descriptor stands for the same pipe; that the thread is in
   * the same call before and after proves it for those who close the stream when it is idle.
   *
   * @return null if the thread is not blocked at present
   */
  @Nullable FileChannel openOtherEnd() throws IOException {
    String before = Files.readString(call);
    String[] words = before.split(" ");
    if (words.length < 2) {
      return null; // "running"
    }
    Path descriptor = DESCRIPTORS.resolve(String.valueOf(Long.decode(words[1])));
    if (!Files.exists(descriptor)
        || !Files.readSymbolicLink(descriptor).toString().startsWith("pipe:")) {
      return null;
    }
    FileChannel end = FileChannel.open(descriptor, StandardOpenOption.WRITE);
    if (before.equals(Files.readString(call))) {
      return end;
    }
    end.close();
    return null;
  }

  /** Ends the read whose pipe is given. */
  static void end(FileChannel otherEnd) throws IOException {
    otherEnd.write(ByteBuffer.allocate(1));
  }
}
