package dev.ioloop;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The failure of one future, and whether somebody has looked at it. If nobody has, it is reported
 * once: when the future is garbage-collected, or when the loop on which it failed is closed.
 */
final class FailureReport implements Runnable {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");

  /** Initialized when the first failure is registered. */
  private static final class Registry {
    static final Cleaner CLEANER =
        Cleaner.create(
            task -> {
              Thread thread = new Thread(task, "ioloop-lost-failures");
              thread.setDaemon(true);
              return thread;
            });

    /**
     * The failures that nobody has looked at, whether or not their futures are still referenced.
     */
    static final Set<FailureReport> UNSEEN = ConcurrentHashMap.newKeySet();
  }

  private static volatile @Nullable BiConsumer<String, Throwable> handler;

  private final Throwable failure;
  private final String description;
  private final @Nullable IOLoop loop;
  private boolean seen;
  private Cleaner.@Nullable Cleanable cleanable;

  FailureReport(Throwable failure, String description) {
    this.failure = failure;
    this.description = description;
    this.loop = ThreadState.get().current;
  }

  /**
   * Initializes the classes that a failure needs. If a stack overflow interrupted their
   * initialization later, the JVM would never retry it.
   */
  static void prepare() {
    Throwable failure = new IllegalStateException("prepared");
    AwaitTrace.attach(failure, "nothing");
    Future<Object> future = Future.failed(failure);
    Object seen = future.exception();
    Object name = Bodies.describe("nothing", future);
    Reference.reachabilityFence(List.of(seen, name));
  }

  static void setHandler(@Nullable BiConsumer<String, Throwable> replacement) {
    handler = replacement;
  }

  /** Reports the failures that happened on {@code loop} and that nobody has looked at. */
  static void reportAll(IOLoop loop) {
    for (FailureReport report : Registry.UNSEEN) {
      if (report.loop == loop) {
        report.run();
      }
    }
  }

  Throwable failure() {
    return failure;
  }

  /** Arranges for a report unless {@link #see} comes first. */
  void register(Future<?> future) {
    synchronized (this) {
      if (!seen) {
        Registry.UNSEEN.add(this);
        cleanable = Registry.CLEANER.register(future, this);
      }
    }
  }

  /** Records that somebody has looked. */
  void see() {
    Cleaner.Cleanable registered;
    synchronized (this) {
      seen = true;
      registered = cleanable;
      cleanable = null;
    }
    if (registered != null) {
      registered.clean();
    }
  }

  /** Reports the failure, unless it was reported or somebody has looked. Called by the cleaner. */
  @Override
  public void run() {
    Registry.UNSEEN.remove(this);
    synchronized (this) {
      if (seen) {
        return;
      }
      seen = true;
    }
    String text = description + ": its exception was never retrieved";
    BiConsumer<String, Throwable> present = handler;
    if (present == null) {
      LOG.log(System.Logger.Level.ERROR, text, failure);
      return;
    }
    try {
      present.accept(description, failure);
    } catch (Throwable e) {
      LOG.log(
          System.Logger.Level.ERROR, "The handler of lost failures threw an exception; " + text, e);
    }
  }
}
