package dev.ioloop.demo;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.ioloop.IOLoopMXBean;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.management.JMX;
import javax.management.MBeanServerConnection;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Shows the loops of another process, and what their coroutines wait for. The process needs no
 * preparation.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar attach PID</pre>
 */
final class Attach {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  /** A loop becomes visible when it has run for a moment. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final Duration END_PATIENCE = Duration.ofSeconds(2);
  private static final long PAUSE_MILLIS = 50;

  private final long pid;

  /** The text of a loop's bean, and its name. */
  private record Loop(
      String name,
      String description,
      String backend,
      long turns,
      long callbacks,
      int callbacksQueued,
      int timeoutsPending,
      int coroutinesSuspended,
      long polls,
      long wakeups,
      long lastLagNanos,
      long worstLagNanos,
      List<String> slowCallbacks,
      String dump) {

    static Loop of(ObjectName name, IOLoopMXBean bean) {
      return new Loop(
          name.toString(),
          bean.getDescription(),
          bean.getBackend(),
          bean.getTurns(),
          bean.getCallbacks(),
          bean.getCallbacksQueued(),
          bean.getTimeoutsPending(),
          bean.getCoroutinesSuspended(),
          bean.getPolls(),
          bean.getWakeups(),
          bean.getLastLagNanos(),
          bean.getWorstLagNanos(),
          bean.getSlowCallbacks(),
          bean.dump());
    }
  }

  private record Report(long pid, List<Loop> loops) {}

  private Attach(long pid) {
    this.pid = pid;
  }

  static void run(long pid, boolean json) {
    List<Loop> loops;
    try {
      loops = new Attach(pid).loops();
    } catch (IOException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
    if (json) {
      System.out.println(GSON.toJson(new Report(pid, loops)));
    } else {
      loops.forEach(Attach::print);
    }
  }

  private List<Loop> loops() throws IOException {
    JMXServiceURL address = address();
    try (JMXConnector connector = JMXConnectorFactory.connect(address)) {
      MBeanServerConnection server = connector.getMBeanServerConnection();
      List<Loop> loops = new ArrayList<>();
      for (ObjectName name : names(server)) {
        loops.add(Loop.of(name, JMX.newMXBeanProxy(server, name, IOLoopMXBean.class)));
      }
      return loops;
    } catch (IOException | UndeclaredThrowableException e) {
      if (ends()) {
        throw new IOException("process " + pid + " has ended", e);
      }
      throw e;
    }
  }

  /** Returns whether the process has ended or is about to: its connections end before it does. */
  private boolean ends() {
    try {
      ProcessHandle.of(pid)
          .orElseThrow()
          .onExit()
          .get(END_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (NoSuchElementException e) {
      return true;
    } catch (TimeoutException | ExecutionException | InterruptedException e) {
      return false;
    }
  }

  /** Starts the management agent of the other process, unless it runs, and returns its address. */
  private JMXServiceURL address() throws IOException {
    if (ProcessHandle.of(pid).isEmpty()) {
      throw new IOException("there is no process " + pid);
    }
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      try {
        return new JMXServiceURL(machine.startLocalManagementAgent());
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException | IOException e) {
      throw new IOException(
          "process "
              + pid
              + " cannot be looked into; it has to be a JVM of the same user: "
              + e.getMessage(),
          e);
    }
  }

  private Set<ObjectName> names(MBeanServerConnection server) throws IOException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      Set<ObjectName> names;
      try {
        names = server.queryNames(new ObjectName("dev.ioloop:type=IOLoop,*"), null);
      } catch (MalformedObjectNameException e) {
        throw new AssertionError(e);
      }
      if (!names.isEmpty()) {
        return new TreeSet<>(names);
      }
      if (System.nanoTime() - deadline > 0) {
        throw new IOException("no IOLoop runs in process " + pid);
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
    }
  }

  private static void print(Loop loop) {
    System.out.print(loop.dump());
    System.out.printf(
        "  turns %,d; callbacks %,d, queued %,d; polls %,d; wake-ups %,d; last timeout %.2f ms late, worst %.2f ms%n",
        loop.turns(),
        loop.callbacks(),
        loop.callbacksQueued(),
        loop.polls(),
        loop.wakeups(),
        loop.lastLagNanos() / 1e6,
        loop.worstLagNanos() / 1e6);
    for (String slow : loop.slowCallbacks()) {
      System.out.println("  slow: " + slow.replace("\n", "\n  "));
    }
  }
}
