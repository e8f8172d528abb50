package dev.ioloop.process;

import dev.ioloop.net.IOStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * Moves bytes between a pipe of a process, which the JDK gives as a blocking stream, and a pipe
 * that a loop can watch; in a daemon thread, which ends when either side does. No more is under way
 * than the two pipes hold.
 */
final class PipePump implements Runnable {
  private static final int SIZE = 16 << 10;

  private final ReadableByteChannel from;
  private final WritableByteChannel to;

  private PipePump(ReadableByteChannel from, WritableByteChannel to) {
    this.from = from;
    this.to = to;
  }

  /** Returns a stream of what comes out of {@code output}. */
  static IOStream read(InputStream output, String name) throws IOException {
    Pipe pipe = Pipe.open();
    pipe.source().configureBlocking(false);
    IOStream stream = IOStream.of(pipe.source());
    start(new PipePump(Channels.newChannel(output), pipe.sink()), name);
    return stream;
  }

  /** Returns a stream of what goes into {@code input}. */
  static IOStream write(OutputStream input, String name) throws IOException {
    Pipe pipe = Pipe.open();
    pipe.sink().configureBlocking(false);
    IOStream stream = IOStream.of(pipe.sink());
    start(new PipePump(pipe.source(), unbuffered(input)), name);
    return stream;
  }

  /** The JDK puts a buffer around the pipe, which would keep small writes back. */
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

  private static void start(PipePump pump, String name) {
    Thread thread = new Thread(pump, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    ByteBuffer buffer = ByteBuffer.allocate(SIZE);
    try (from;
        to) {
      while (from.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
        buffer.clear();
      }
    } catch (IOException e) {
      // One side was closed before the other had ended, which the other is told by its pipe.
      System.getLogger("dev.ioloop")
          .log(Level.DEBUG, Thread.currentThread().getName() + " ended", e);
    }
  }
}
