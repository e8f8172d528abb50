package dev.ioloop;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The default executor of all loops. A task goes to an idle daemon thread, else to a new one. If
 * all threads are busy and no more are allowed, tasks wait, first in first out. The threads are
 * platform threads, so that computing tasks do not take carrier threads away from coroutines.
 */
final class WorkerThreads implements Executor {
  static final WorkerThreads SHARED = new WorkerThreads();

  private static final int MAX_THREADS = 256;
  private static final long IDLE_NANOS = 5_000_000_000L;

  /** Tasks that wait because all threads are busy. */
  private final Queue<Runnable> tasks = new ArrayDeque<>();

  /** Idle workers. The last one is used first, so that the others can time out. */
  private final Deque<Worker> idle = new ArrayDeque<>();

  private int threads;
  private long started;

  private WorkerThreads() {}

  /** One thread, and the task it runs next. */
  private final class Worker implements Runnable {
    final Thread thread;
    private @Nullable Runnable task;

    Worker(Runnable first) {
      task = first;
      thread = new Thread(null, this, "ioloop-worker-" + ++started, 0, false);
      thread.setDaemon(true);
      thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
    }

    @Override
    public void run() {
      boolean idled = false;
      try {
        for (Runnable next = task; next != null; next = next()) {
          next.run();
          Thread.interrupted(); // Clears an interrupt that was meant for the task.
        }
        idled = true;
      } finally {
        if (!idled) {
          ended();
        }
      }
    }

    /** Returns the next task, or null if there was none for too long. */
    private @Nullable Runnable next() {
      synchronized (WorkerThreads.this) {
        task = tasks.poll();
        if (task != null) {
          return task;
        }
        idle.addLast(this);
      }
      long begin = System.nanoTime();
      while (true) {
        LockSupport.parkNanos(WorkerThreads.this, IDLE_NANOS);
        synchronized (WorkerThreads.this) {
          if (task != null) {
            return task;
          }
          if (System.nanoTime() - begin >= IDLE_NANOS) {
            idle.remove(this);
            threads--;
            return null;
          }
        }
        Thread.interrupted(); // Otherwise it would not park again.
      }
    }
  }

  /**
   * Runs a task on a thread, now or when one is free.
   *
   * @throws RejectedExecutionException if there is no thread, and none can be started
   */
  @Override
  public synchronized void execute(Runnable task) {
    Worker free = idle.pollLast();
    if (free != null) {
      free.task = task;
      LockSupport.unpark(free.thread);
    } else if (threads == MAX_THREADS || !startThread(task)) {
      if (threads == 0) {
        throw new RejectedExecutionException("no thread can be started for the work");
      }
      tasks.add(task);
    }
  }

  private boolean startThread(Runnable first) {
    try {
      new Worker(first).thread.start();
      threads++;
      return true;
    } catch (OutOfMemoryError e) {
      return false; // The task waits for one of the existing threads.
    }
  }

  /** Called when a task has thrown: starts another thread for a waiting task. */
  private synchronized void ended() {
    threads--;
    Runnable waiting = tasks.peek();
    if (waiting != null && startThread(waiting)) {
      tasks.remove();
    }
  }
}
