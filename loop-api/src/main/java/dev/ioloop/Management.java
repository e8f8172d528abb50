package dev.ioloop;

import dev.ioloop.diagnostics.StackFrames;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.JMException;
import javax.management.ObjectName;

/** The {@link IOLoopMXBean} of one loop, which it does not keep alive. */
final class Management implements IOLoopMXBean {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final int ANSWER_SECONDS = 2;
  private static final LoopStats NONE = new LoopStats(0, 0, 0, 0, 0, 0, 0, 0, 0);

  private final WeakReference<IOLoop> loop;
  private final ObjectName name;

  private Management(IOLoop loop, ObjectName name) {
    this.loop = new WeakReference<>(loop);
    this.name = name;
  }

  /**
   * Registers a loop with JMX.
   *
   * @return an action that unregisters it
   * @throws IllegalStateException if it cannot be registered
   */
  static Runnable register(IOLoop loop) {
    try {
      ObjectName name = new ObjectName("dev.ioloop:type=IOLoop,id=" + COUNT.incrementAndGet());
      Management bean = new Management(loop, name);
      ManagementFactory.getPlatformMBeanServer().registerMBean(bean, name);
      return bean::unregister;
    } catch (JMException e) {
      throw new IllegalStateException("JMX does not accept a loop", e);
    }
  }

  private void unregister() {
    try {
      ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
    } catch (JMException e) {
      // It was already unregistered.
    }
  }

  private LoopStats stats() {
    IOLoop present = loop.get();
    return present == null ? NONE : present.stats();
  }

  @Override
  public String getDescription() {
    return String.valueOf(loop.get());
  }

  @Override
  public String getBackend() {
    IOLoop present = loop.get();
    return present == null ? "" : present.backend();
  }

  @Override
  public long getTurns() {
    return stats().turns();
  }

  @Override
  public long getCallbacks() {
    return stats().callbacks();
  }

  @Override
  public int getCallbacksQueued() {
    return stats().callbacksQueued();
  }

  @Override
  public int getTimeoutsPending() {
    return stats().timeoutsPending();
  }

  @Override
  public int getCoroutinesSuspended() {
    return stats().coroutinesSuspended();
  }

  @Override
  public long getPolls() {
    return stats().polls();
  }

  @Override
  public long getWakeups() {
    return stats().wakeups();
  }

  @Override
  public long getLastLagNanos() {
    return stats().lastLagNanos();
  }

  @Override
  public long getWorstLagNanos() {
    return stats().worstLagNanos();
  }

  @Override
  public List<String> getSlowCallbacks() {
    IOLoop present = loop.get();
    return present == null
        ? List.of()
        : present.slowCallbacks().stream().map(SlowCallback::toString).toList();
  }

  @Override
  public String dump() {
    IOLoop present = loop.get();
    if (present == null) {
      return "";
    }
    CompletableFuture<String> text = new CompletableFuture<>();
    present.addCallback(() -> text.complete(present.dump()));
    try {
      return text.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return unanswered(present);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unanswered(present);
    }
  }

  private static String unanswered(IOLoop loop) {
    StringBuilder text = new StringBuilder(loop.toString());
    text.append("\n  BLOCKED: it has not answered for ").append(ANSWER_SECONDS).append(" s");
    String coroutine = loop.observer().presentCoroutine();
    if (coroutine != null) {
      text.append("; it runs the ").append(coroutine);
    }
    Thread thread = loop.presentThread();
    if (thread != null) {
      StackFrames.append(text, "\n    at ", List.of(thread.getStackTrace()));
    }
    return text.append('\n').toString();
  }
}
