package dev.ioloop.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Unblocks a thread that is blocked in a read from a pipe. Neither an interrupt nor closing the
 * stream ends the JDK's read from a process's pipe, but a byte does. Linux tells which descriptor
 * the thread reads from; opening that descriptor for writing gives the other end of the pipe. Does
 * nothing on other systems.
 */
final class BlockedRead {
  private static final Path THREAD = Path.of("/proc/thread-self");
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  /** The file that tells the thread's current system call; null if the system has none. */
  private final @Nullable Path call;

  private BlockedRead(@Nullable Path call) {
    this.call = call;
  }

  /** Creates an instance for the calling thread. */
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
   * Opens the other end of the pipe that the thread reads from. The stream must not be closed
   * meanwhile, or the descriptor number might belong to another pipe. If someone closes it while
   * nothing reads, finding the thread in the same call before and after proves that the pipe is the
   * same.
   *
   * @return null if the thread is not blocked now
   */
  @Nullable FileChannel openOtherEnd() throws IOException {
    String before = Files.readString(call);
    String[] words = before.split(" ");
    if (words.length < 2) {
      return null; // The content is "running".
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

  /** Ends the read from the given pipe. */
  static void end(FileChannel otherEnd) throws IOException {
    otherEnd.write(ByteBuffer.allocate(1));
  }
}
