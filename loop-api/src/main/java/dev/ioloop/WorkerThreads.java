package dev.ioloop;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The default executor of all loops: daemon threads, of which an idle one takes the next task, else
 * a new one, and where all are busy the tasks wait, first in first out. They are platform threads,
 * so that work which computes does not take the carriers of virtual threads from coroutines.
 */
final class WorkerThreads implements Executor {
  static final WorkerThreads SHARED = new WorkerThreads();

  private static final int MAX_THREADS = 256;
  private static final long IDLE_NANOS = 5_000_000_000L;

  /** What waits because all threads are busy. */
  private final Queue<Runnable> tasks = new ArrayDeque<>();

  /** Those that have nothing to do. The last one is taken first, so that the others can end. */
  private final Deque<Worker> idle = new ArrayDeque<>();

  private int threads;
  private long started;

  private WorkerThreads() {}

  /** One thread, and what it runs next. */
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
          Thread.interrupted(); // That was meant for the task.
        }
        idled = true;
      } finally {
        if (!idled) {
          ended();
        }
      }
    }

    /** Returns the next task, or null when there was none for too long. */
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
        Thread.interrupted(); // Or it would not park again.
      }
    }
  }

  /**
   * Has a thread run a task.
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
      return false; // The task waits for one of the threads that are there.
    }
  }

  /** A task has thrown: those that wait get another thread. */
  private synchronized void ended() {
    threads--;
    Runnable waiting = tasks.peek();
    if (waiting != null && startThread(waiting)) {
      tasks.remove();
    }
  }
}
