package dev.ioloop.tck;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A thread of a test, whose outcome is not lost. */
final class OtherThread<T> {

  /** The body of a thread that returns nothing. */
  interface Body {
    void run() throws Exception;
  }

  private final FutureTask<T> task;
  private final Thread thread;

  private OtherThread(Callable<T> body) {
    this.task = new FutureTask<>(body);
    this.thread = new Thread(task, "contract-other-thread");
    thread.setDaemon(true);
  }

  static <T> OtherThread<T> start(Callable<T> body) {
    OtherThread<T> other = new OtherThread<>(body);
    other.thread.start();
    return other;
  }

  static OtherThread<Void> run(Body body) {
    return start(
        () -> {
          body.run();
          return null;
        });
  }

  /** Runs a task that throws nothing on a thread of its own; an executor. */
  static void execute(Runnable task) {
    run(task::run);
  }

  Thread thread() {
    return thread;
  }

  /** Waits for the body's end, and returns what it returned or throws what it threw. */
  T join() throws Exception {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    } finally {
      thread.join();
    }
  }
}
