package dev.ioloop.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test method that runs as a coroutine, on a loop of its own.
 *
 * <pre>
 * &#64;GenTest(virtualTime = true)
 * void retriesAfterAMinute() {
 *   Future&lt;String&gt; page = fetchWithRetries();
 *   await(sleep(Duration.ofMinutes(1)));
 *   assertThat(page.result()).isEqualTo("page");
 * }
 * </pre>
 *
 * <p>The loop is current from before the {@code @BeforeEach} methods until after the
 * {@code @AfterEach} methods, can be had as a parameter of type {@link dev.ioloop.IOLoop}, and is
 * then closed with its channels. What a callback or a coroutine that nobody awaits throws meanwhile
 * fails the test, and so does a coroutine that is still suspended then: the message shows where.
 * Tornado: {@code gen_test} and {@code AsyncTestCase}.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Test
@ExtendWith(GenTestExtension.class)
public @interface GenTest {

  /**
   * Whether the loop's clock moves to the next timeout by itself; see {@link VirtualTimePoller}.
   */
  boolean virtualTime() default false;

  /**
   * How long the test may take, in milliseconds of real time. Then it is cancelled, and fails with
   * a message that shows where it was suspended.
   */
  long timeoutMillis() default 5_000;

  /**
   * The backend of the loop, as for {@link dev.ioloop.IOLoop#create(String)}; empty for the
   * configured one.
   */
  String backend() default "";

  /** The make of coroutines, as for {@link dev.ioloop.Gen#configure}; empty for the default. */
  String generator() default "";

  /**
   * Whether what a loop promises no order for is shuffled; see {@link ShufflingPoller}. The failure
   * of a test names the seed that led to it.
   */
  boolean shuffled() default false;

  /** The seed of {@link #shuffled}; zero for another one each time. */
  long seed() default 0;

  /** Whether coroutines may be suspended when the test has ended; closing the loop cancels them. */
  boolean suspendedAllowed() default false;
}
