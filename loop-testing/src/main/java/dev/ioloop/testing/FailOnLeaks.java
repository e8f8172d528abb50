package dev.ioloop.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test that leaves behind a descriptor, a thread or a megabyte of direct buffers, and names
 * the leak.
 *
 * <pre>
 * &#64;ExtendWith(FailOnLeaks.class)
 * final class MyServerTest {
 * </pre>
 *
 * <p>Anything open before the test may stay, and anything released within two seconds after it is
 * no leak. Files of the JVM and threads of the JDK do not count. Nor do threads of the loops that
 * end by themselves or with their loop: the watchdog, the thread for lost failures, and idle
 * threads that wait for more work or for another coroutine. Tests must not run at the same time.
 * {@link GenTest} finds suspended coroutines. Netty's buffers are pooled; use {@code
 * -Dio.netty.leakDetection.level=paranoid} for them. If the system does not list descriptors, they
 * are not checked.
 */
public final class FailOnLeaks implements BeforeEachCallback, AfterEachCallback {

  private static final Namespace NAMESPACE = Namespace.create(FailOnLeaks.class);
  private static final File DESCRIPTORS =
      new File(new File("/proc/self/fd").isDirectory() ? "/proc/self/fd" : "/dev/fd");
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long PAUSE_MILLIS = 10;

  /** The JDK keeps small direct buffers for each thread that does I/O. */
  private static final long MAX_BUFFER_BYTES = 1 << 20;

  /** Files opened by class loaders, for random numbers, and to list descriptors. */
  private static final Predicate<String> FILE_OF_JVM =
      Pattern.compile("\\.(jar|jmod|so|jsa|class)$|/modules$|/dev/u?random$|^/proc/|jacoco")
          .asPredicate();

  private static final Predicate<String> THREAD_OF_JDK =
      Pattern.compile(
              "^(ioloop-watchdog|ioloop-lost-failures|ForkJoinPool.*|VirtualThread.*|Common-Cleaner|Cleaner-\\d+"
                  + "|process reaper.*|CompletableFutureDelayScheduler|Attach Listener|JFR .*"
                  + "|Read-Poller.*|Write-Poller.*|MasterPoller.*|Keep-Alive-.*|RMI .*|JMX .*"
                  + "|surefire-.*|junit-.*)$")
          .asPredicate();

  static {
    try {
      Testing.bindUnusedPort().close(); // From then on the JDK keeps a socket of its own.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Made by JUnit. */
  public FailOnLeaks() {}

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put(Held.class, Held.now());
  }

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    Held before = context.getStore(NAMESPACE).remove(Held.class, Held.class);
    if (before != null) {
      before.check();
    }
  }

  /** What a process holds at one time. */
  record Held(Set<String> descriptors, Set<Thread> threads, long bufferBytes) {

    static Held now() {
      return new Held(openDescriptors(), Thread.getAllStackTraces().keySet(), directBytes());
    }

    /** Waits until nothing is held that was not held before. */
    void check() throws InterruptedException {
      long begin = System.nanoTime();
      List<String> leaks = leaks();
      while (!leaks.isEmpty()) {
        if (System.nanoTime() - begin > PATIENCE_NANOS) {
          throw new AssertionError("the test has left behind: " + String.join("; ", leaks));
        }
        System.gc(); // Collects unreachable objects, which closes what they hold.
        Thread.sleep(PAUSE_MILLIS);
        leaks = leaks();
      }
    }

    List<String> leaks() {
      List<String> leaks = new ArrayList<>();
      for (String descriptor : openDescriptors()) {
        if (!descriptors.contains(descriptor)) {
          leaks.add("descriptor " + descriptor);
        }
      }
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (!threads.contains(thread)
            && thread != Thread.currentThread()
            && !THREAD_OF_JDK.test(thread.getName())
            && !isIdleWorker(thread)
            && !isIdleCoroutineThread(thread)) {
          leaks.add("thread \"" + thread.getName() + '"');
        }
      }
      long more = directBytes() - bufferBytes;
      if (more > MAX_BUFFER_BYTES) {
        leaks.add(more + " bytes of direct buffers");
      }
      return leaks;
    }
  }

  /** Returns whether a thread is an idle one for blocking work. Such threads end by themselves. */
  private static boolean isIdleWorker(Thread thread) {
    return thread.getName().startsWith("ioloop-worker-")
        && thread.getState() == Thread.State.TIMED_WAITING;
  }

  /**
   * Returns whether a thread belongs to the coroutine engine and runs no body now; it ends with its
   * loop. A thread with a suspended body is a leak, such as a generator that was not closed.
   */
  private static boolean isIdleCoroutineThread(Thread thread) {
    return thread.getName().startsWith("ioloop-coroutine-")
        && Arrays.stream(thread.getStackTrace())
            .noneMatch(frame -> frame.getMethodName().equals("runBody"));
  }

  /** Returns the open descriptors, each with its number and, if known, its target. */
  private static Set<String> openDescriptors() {
    Set<String> open = new HashSet<>();
    String[] numbers = DESCRIPTORS.list();
    for (String number : numbers == null ? new String[0] : numbers) {
      String target;
      try {
        target = Files.readSymbolicLink(DESCRIPTORS.toPath().resolve(number)).toString();
      } catch (IOException | UnsupportedOperationException e) {
        target = DESCRIPTORS.getPath().startsWith("/proc") ? "/proc/ closed meanwhile" : "";
      }
      if (!FILE_OF_JVM.test(target)) {
        open.add((number + ' ' + target).strip());
      }
    }
    return open;
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
