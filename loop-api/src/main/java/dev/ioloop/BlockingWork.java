package dev.ioloop;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Runs blocking work of one loop on executors. */
final class BlockingWork {

  /** One piece of work; cancelling its future interrupts it. */
  private static final class Work<T extends @Nullable Object> implements Runnable {
    private final IOLoop loop;
    private final Callable<T> task;
    private final OwnedFuture<T> future = new OwnedFuture<>(this::interrupt);
    private @Nullable Thread worker;
    private boolean ended;

    Work(IOLoop loop, Callable<T> task) {
      this.loop = loop;
      this.task = task;
    }

    @Override
    public void run() {
      synchronized (this) {
        if (future.isDone()) {
          return;
        }
        worker = Thread.currentThread();
      }
      Completion<T> completion;
      try {
        completion = new Completion<>(future, call(), null);
      } catch (Throwable e) {
        completion = new Completion<>(future, null, e);
      }
      synchronized (this) {
        ended = true;
      }
      loop.post(completion);
    }

    /**
     * Calls the task in the context that the executor has set, and restores that context
     * afterwards.
     */
    private T call() throws Exception {
      Context outer = Context.inUse ? Context.capture(ThreadState.get()) : null;
      try {
        return task.call();
      } finally {
        if (Context.inUse) {
          Context.swap(ThreadState.get(), outer);
        }
      }
    }

    private synchronized void interrupt() {
      if (worker != null && !ended) {
        worker.interrupt();
      }
    }
  }

  /** The callback that the loop runs when the work has ended. */
  private record Completion<T extends @Nullable Object>(
      Future<T> future, @Nullable T result, @Nullable Throwable failure) implements Runnable {
    @Override
    @SuppressWarnings("NullAway") // If there is no failure, this is the task's result.
    public void run() {
      if (failure == null) {
        future.complete(result);
      } else {
        future.completeExceptionally(failure);
      }
    }
  }

  private final IOLoop loop;
  private volatile @Nullable Executor replaced;

  BlockingWork(IOLoop loop) {
    this.loop = loop;
  }

  void setDefault(Executor executor) {
    replaced = executor;
  }

  /** Completes a piece of work on the calling thread, because the loop was closed. */
  static void drop(Runnable callback) {
    if (callback instanceof Completion) {
      callback.run();
    }
  }

  /** Runs {@code task} on {@code executor}, or on the default executor if that is null. */
  <T extends @Nullable Object> Future<T> run(@Nullable Executor executor, Callable<T> task) {
    Work<T> work = new Work<>(loop, Objects.requireNonNull(task, "task == null"));
    Executor chosen = executor != null ? executor : replaced;
    try {
      (chosen != null ? chosen : WorkerThreads.SHARED).execute(work);
    } catch (RejectedExecutionException e) {
      work.future.completeExceptionally(e);
    }
    return work.future;
  }
}
