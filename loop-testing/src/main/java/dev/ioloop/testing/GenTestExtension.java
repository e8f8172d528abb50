package dev.ioloop.testing;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Gives a {@link GenTest} its loop, and runs it there. */
final class GenTestExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver, InvocationInterceptor {

  private static final Namespace NAMESPACE = Namespace.create(GenTestExtension.class);

  /**
   * Longer than any test: the time limit of the test comes first, and can say where it was
   * suspended.
   */
  private static final Duration PATIENCE = Duration.ofDays(1);

  /** The loop of one test, and the failures on it that nobody awaited. */
  private static final class Run {
    final GenTest options;
    final long seed;
    final IOLoop loop;
    final List<Throwable> failures = new CopyOnWriteArrayList<>();

    /** Where everything was suspended at the time limit. */
    private @Nullable String dump;

    private boolean deadlock;
    private boolean failed;

    Run(GenTest options) {
      this.options = options;
      if (options.virtualTime() && !options.backend().isEmpty()) {
        throw new IllegalArgumentException(
            "a loop in virtual time has no backend, but a test asks for both: virtualTime and"
                + " backend \""
                + options.backend()
                + "\"");
      }
      if (!options.generator().isEmpty()) {
        Gen.configure(options.generator());
      }
      this.seed = options.seed() != 0 ? options.seed() : new Random().nextInt(1, Integer.MAX_VALUE);
      this.loop = newLoop();
      loop.setExceptionHandler((source, failure) -> failures.add(failure));
      loop.makeCurrent();
    }

    private IOLoop newLoop() {
      if (options.virtualTime()) {
        return VirtualTimePoller.newLoop(
            PATIENCE, poller -> options.shuffled() ? new ShufflingPoller(poller, seed) : poller);
      }
      IOLoop loop =
          options.backend().isEmpty() ? IOLoop.create() : IOLoop.create(options.backend());
      if (!options.shuffled()) {
        return loop;
      }
      loop.close(); // Only its backend was needed.
      return ShufflingPoller.newLoop(loop.backend(), seed);
    }

    void run(Callable<Void> body) {
      loop.runSync(
          () -> {
            Future<Void> test = Gen.coroutine(body);
            Executor later =
                CompletableFuture.delayedExecutor(options.timeoutMillis(), TimeUnit.MILLISECONDS);
            later.execute(() -> loop.addCallback(() -> cancel(test)));
            try {
              Gen.await(test);
            } catch (Throwable e) {
              failures.add(0, e);
            }
          });
      if (dump != null) {
        failures.add(
            0,
            new AssertionError(
                "the test did not end within "
                    + Duration.ofMillis(options.timeoutMillis())
                    + " of real time; "
                    + (deadlock ? "nothing was left to wait for, a deadlock; " : "")
                    + "it was suspended here:\n"
                    + dump));
      }
      throwFailures();
    }

    private void cancel(Future<Void> test) {
      if (!test.done()) {
        dump = loop.dump();
        deadlock = loop.stats().timeoutsPending() == 0 && options.virtualTime();
        test.cancel(true);
      }
    }

    private void throwFailures() {
      if (failures.isEmpty()) {
        return;
      }
      failed = true;
      Throwable first = failures.remove(0);
      failures.stream().filter(other -> other != first).forEach(first::addSuppressed);
      failures.clear();
      if (options.shuffled()) {
        throw new AssertionError(
            "shuffled by seed %d, which @GenTest(shuffled = true, seed = %d) repeats: %s"
                .formatted(seed, seed, first),
            first);
      }
      throw GenTestExtension.<RuntimeException>raise(first);
    }

    void close() {
      try {
        int left = loop.stats().coroutinesSuspended();
        if (left > 0 && !failed && !options.suspendedAllowed()) {
          failures.add(
              new AssertionError(
                  "the test has ended, but "
                      + left
                      + " of its coroutines are suspended; await or cancel them, or say"
                      + " suspendedAllowed = true:\n"
                      + loop.dump()));
        }
        loop.close(true);
      } finally {
        if (!options.generator().isEmpty()) {
          Gen.configure(null);
        }
      }
      throwFailures();
    }
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> X raise(Throwable failure) throws X {
    throw (X) failure;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    GenTest options =
        AnnotationSupport.findAnnotation(context.getRequiredTestMethod(), GenTest.class)
            .orElseThrow();
    context.getStore(NAMESPACE).put(Run.class, new Run(options));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Run run = context.getStore(NAMESPACE).remove(Run.class, Run.class);
    if (run != null) {
      run.close();
    }
  }

  private static Run run(ExtensionContext context) {
    return Objects.requireNonNull(context.getStore(NAMESPACE).get(Run.class, Run.class));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == IOLoop.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return run(context).loop;
  }

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context) {
    run(context)
        .run(
            () -> {
              try {
                return invocation.proceed();
              } catch (Throwable e) {
                throw GenTestExtension.<RuntimeException>raise(e);
              }
            });
  }
}
