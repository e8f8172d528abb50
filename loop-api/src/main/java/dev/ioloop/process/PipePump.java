package dev.ioloop.process;

import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.spi.StreamTransport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Moves bytes between a process's pipe, which the JDK exposes as a blocking stream, and a pipe that
 * a loop can watch. A daemon thread does it and ends when either side does. At most what the two
 * pipes and one 16 KiB buffer hold is in flight.
 */
final class PipePump implements Runnable {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");
  private static final int SIZE = 16 << 10;

  /** How long to wait for the thread to end by itself, and between checks, in milliseconds. */
  private static final int LOOK_MILLIS = 10;

  private final ReadableByteChannel from;
  private final WritableByteChannel to;
  private final Thread thread;

  /** Null until the thread runs. */
  private volatile @Nullable BlockedRead read;

  /** Whether the loop's end is closed, so that the process's output is no longer wanted. */
  private volatile boolean unwanted;

  private PipePump(ReadableByteChannel from, WritableByteChannel to, String name) {
    this.from = from;
    this.to = to;
    thread = new Thread(this, name);
    thread.setDaemon(true);
  }

  /** Returns a stream that reads {@code output}. */
  static IOStream read(InputStream output, String name) throws IOException {
    Pipe pipe = Pipe.open();
    PipePump pump = new PipePump(Channels.newChannel(output), pipe.sink(), name);
    StreamTransport source = IOLoop.current().sockets().of(pipe.source());
    IOStream stream = IOStream.of(new PipeTransport(source, pump::stopReading));
    pump.thread.start();
    return stream;
  }

  /** Returns a stream that writes to {@code input} until {@code process} has ended. */
  static IOStream write(OutputStream input, Process process, String name) throws IOException {
    Pipe pipe = Pipe.open();
    IOStream stream = IOStream.of(pipe.sink());
    PipePump pump = new PipePump(pipe.source(), unbuffered(input), name);
    pump.thread.start();
    process.onExit().thenRun(pump::stopWriting);
    return stream;
  }

  /** Flushes each write, because the JDK's buffer around the pipe would hold back small writes. */
  private static WritableByteChannel unbuffered(OutputStream input) {
    return Channels.newChannel(
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            input.write(bytes, offset, length);
            input.flush();
          }

          @Override
          public void close() throws IOException {
            input.close();
          }
        });
  }

  @Override
  public void run() {
    read = BlockedRead.ofThisThread();
    ByteBuffer buffer = ByteBuffer.allocate(SIZE);
    try {
      while (!unwanted && from.read(buffer) >= 0 && !unwanted) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
        buffer.clear();
      }
    } catch (IOException e) {
      // One side was closed before the other had ended; the other learns that from its pipe.
      LOG.log(Level.DEBUG, thread.getName() + " ended", e);
    } finally {
      close();
    }
  }

  private synchronized void close() {
    try (from;
        to) {
      unwanted = true;
    } catch (IOException e) {
      LOG.log(Level.DEBUG, thread.getName() + " could not close its pipes", e);
    }
  }

  /** Called when the process has ended: nothing reads further input. */
  private void stopWriting() {
    try {
      from.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, thread.getName() + " could not close its pipe", e);
    }
  }

  /**
   * Called when the loop's end is closed. The thread may stay blocked while the process is silent.
   */
  private void stopReading() {
    if (!unwanted) {
      unwanted = true;
      Thread ender = new Thread(this::endRead, thread.getName() + "-end");
      ender.setDaemon(true);
      ender.start();
    }
  }

  private void endRead() {
    try {
      thread.join(LOOK_MILLIS);
      while (thread.isAlive()) {
        BlockedRead blocked = read;
        if (blocked != null && !blocked.canEnd()) {
          return;
        }
        FileChannel otherEnd = blocked == null ? null : openOtherEnd(blocked);
        if (otherEnd != null) {
          try (otherEnd) {
            BlockedRead.end(otherEnd);
          }
        }
        thread.join(LOOK_MILLIS);
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, thread.getName() + " could not be ended", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** As {@link BlockedRead#openOtherEnd}, and keeps this pump from closing its stream meanwhile. */
  private synchronized @Nullable FileChannel openOtherEnd(BlockedRead blocked) throws IOException {
    return thread.isAlive() ? blocked.openOtherEnd() : null;
  }
}
