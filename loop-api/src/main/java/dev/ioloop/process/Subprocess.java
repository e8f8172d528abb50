package dev.ioloop.process;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import java.io.IOException;
import java.util.Objects;

/**
 * A child process whose end the loop waits for, without a thread of the loop's being blocked.
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
  private final IOLoop loop = IOLoop.current();

  /**
   * Starts a program with arguments; it inherits the standard streams of this process.
   *
   * @throws IOException if it cannot be started
   */
  public Subprocess(String... command) throws IOException {
    this(new ProcessBuilder(command).inheritIO());
  }

  /**
   * Starts the process that {@code builder} describes.
   *
   * @throws IOException if it cannot be started
   */
  public Subprocess(ProcessBuilder builder) throws IOException {
    this.process = Objects.requireNonNull(builder, "builder == null").start();
  }

  /**
   * Returns a future of the exit code; where a signal ended the process, that is 128 and the
   * signal's number. Cancelling it leaves the process alone.
   */
  public Future<Integer> waitForExit() {
    Future<Integer> code = new Future<>();
    process.onExit().thenAccept(ended -> loop.addCallback(() -> code.complete(ended.exitValue())));
    return code;
  }

  /** Asks the process to end: SIGTERM where there are signals. Does nothing if it has ended. */
  public void terminate() {
    process.destroy();
  }

  /** Ends the process by force: SIGKILL where there are signals. Does nothing if it has ended. */
  public void kill() {
    process.destroyForcibly();
  }

  /** Returns the id of the process. */
  public long pid() {
    return process.pid();
  }

  /**
   * Returns the process itself, for its standard streams where they are pipes. Reading those
   * blocks: do it in {@link IOLoop#runInExecutor}.
   */
  public Process process() {
    return process;
  }

  @Override
  public String toString() {
    return "Subprocess[pid=" + process.pid() + (process.isAlive() ? "]" : ", ended]");
  }
}
