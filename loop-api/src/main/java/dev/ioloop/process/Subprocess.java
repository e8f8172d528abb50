package dev.ioloop.process;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A child process. The loop waits for its exit and its streams without blocking its thread.
 *
 * <pre>{@code
 * Subprocess child = new Subprocess("sh", "-c", "exit 3");
 * int code = await(child.waitForExit());
 * }</pre>
 *
 * <p>Call from the loop's thread only. Tornado: {@code process.Subprocess}.
 */
public final class Subprocess {
  private final Process process;
  private final Redirect[] redirects;
  private final @Nullable IOStream[] streams = new IOStream[3];
  private final IOLoop loop = IOLoop.current();

  /**
   * Starts a program with arguments. It inherits the standard streams of this process.
   *
   * @throws IOException if the program cannot be started
   */
  public Subprocess(String... command) throws IOException {
    this(new ProcessBuilder(command).inheritIO());
  }

  /**
   * Starts the process that {@code builder} describes.
   *
   * @throws IOException if the program cannot be started
   */
  public Subprocess(ProcessBuilder builder) throws IOException {
    Objects.requireNonNull(builder, "builder == null");
    Redirect error = builder.redirectErrorStream() ? Redirect.DISCARD : builder.redirectError();
    this.redirects = new Redirect[] {builder.redirectInput(), builder.redirectOutput(), error};
    this.process = builder.start();
  }

  /**
   * Returns a future of the exit code; if a signal ended the process, that is 128 plus the signal's
   * number. Cancelling the future leaves the process alone.
   */
  public Future<Integer> waitForExit() {
    Future<Integer> code = new Future<>();
    process.onExit().thenAccept(ended -> loop.addCallback(() -> code.complete(ended.exitValue())));
    return code;
  }

  /**
   * Returns a stream that writes to the standard input of the process. Closing the stream, or
   * {@link IOStream#shutdownOutput}, ends that input.
   *
   * <p>Each of the three streams is created on its first use; later calls return the same stream.
   * Each has its own daemon thread that waits for the pipe, because the JDK's pipes block. The
   * thread and its descriptors are released when either side is closed. If the process is silent
   * then, this works at once only on Linux; elsewhere they are released at its next output or its
   * end. Input that the process does not read keeps them until it is read or the process ends.
   * Tornado: {@code Subprocess.stdin} with {@code STREAM}.
   *
   * @throws IllegalStateException if the builder has redirected it, so that it is not a pipe
   */
  public IOStream stdin() {
    return stream(0, "stdin");
  }

  /** Returns a stream that reads the standard output; see {@link #stdin}. */
  public IOStream stdout() {
    return stream(1, "stdout");
  }

  /** Returns a stream that reads the standard error; see {@link #stdin}. */
  public IOStream stderr() {
    return stream(2, "stderr");
  }

  private IOStream stream(int number, String name) {
    IOStream present = streams[number];
    if (present != null) {
      return present;
    }
    if (redirects[number] != Redirect.PIPE) {
      throw new IllegalStateException(
          name
              + " of the process is not a pipe but "
              + redirects[number]
              + "; start the process with a ProcessBuilder that does not redirect it");
    }
    String thread = "ioloop-" + name + "-" + process.pid();
    try {
      IOStream made =
          switch (number) {
            case 0 -> PipePump.write(process.getOutputStream(), process, thread);
            case 1 -> PipePump.read(process.getInputStream(), thread);
            default -> PipePump.read(process.getErrorStream(), thread);
          };
      streams[number] = made;
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open a pipe", e);
    }
  }

  /** Asks the process to end: SIGTERM where there are signals. Does nothing if it has ended. */
  public void terminate() {
    process.destroy();
  }

  /** Kills the process: SIGKILL where there are signals. Does nothing if it has ended. */
  public void kill() {
    process.destroyForcibly();
  }

  /** Returns the id of the process. */
  public long pid() {
    return process.pid();
  }

  /**
   * Returns the process itself. Use either its standard streams or {@link #stdin} and so on, not
   * both.
   */
  public Process process() {
    return process;
  }

  @Override
  public String toString() {
    return "Subprocess[pid=" + process.pid() + (process.isAlive() ? "]" : ", ended]");
  }
}
