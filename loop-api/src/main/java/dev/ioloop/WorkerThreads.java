package dev.ioloop;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The default executor of all loops: daemon threads, of which an idle one takes the next task, else
 * a new one, and where all are busy the tasks wait, first in first out. They are platform threads,
 * so that work which computes does not take the carriers of virtual threads from coroutines.
 */
final class WorkerThreads implements Executor {
  static final WorkerThreads SHARED = new WorkerThreads();

  private static final int MAX_THREADS = 256;
  private static final long IDLE_MILLIS = 5_000;

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private int threads;

  /** How many threads wait for a task, those included that were woken for one and have not run. */
  private int idle;

  private long started;

  private WorkerThreads() {}

  /**
   * Has a thread run a task.
   *
   * @throws RejectedExecutionException if there is no thread, and none can be started
   */
  @Override
  public synchronized void execute(Runnable task) {
    tasks.add(task);
    if (tasks.size() > idle && threads < MAX_THREADS) {
      startThread(task);
    } else {
      notify();
    }
  }

  private void startThread(Runnable task) {
    Thread thread = new Thread(null, this::work, "ioloop-worker-" + ++started, 0, false);
    thread.setDaemon(true);
    try {
      thread.start();
      threads++;
    } catch (OutOfMemoryError e) {
      if (threads == 0) {
        tasks.remove(task);
        throw new RejectedExecutionException("no thread can be started for the work", e);
      } // Else it waits for one of those that are there.
    }
  }

  private void work() {
    try {
      for (Runnable task = next(); task != null; task = next()) {
        task.run();
        Thread.interrupted(); // That was meant for the task.
      }
    } catch (Throwable e) {
      ended();
      throw e;
    }
  }

  /** Waits for a task; null ends the thread. */
  private synchronized @Nullable Runnable next() {
    Runnable task = tasks.poll();
    if (task == null) {
      awaitTask();
      task = tasks.poll();
      if (task == null) {
        threads--;
      }
    }
    return task;
  }

  /** Waits until there is a task, or for as long as a thread stays idle. */
  private void awaitTask() {
    long begin = System.nanoTime();
    long left = IDLE_MILLIS;
    idle++;
    while (tasks.isEmpty() && left > 0) {
      try {
        wait(left);
      } catch (InterruptedException e) {
        // Nothing interrupts an idle thread; the next task shall not see it.
      }
      left = IDLE_MILLIS - (System.nanoTime() - begin) / 1_000_000;
    }
    idle--;
  }

  /** A task has thrown: others that wait get another thread. */
  private synchronized void ended() {
    threads--;
    if (tasks.size() > idle) {
      startThread(tasks.element());
    }
  }
}
