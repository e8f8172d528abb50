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
 * {@code @AfterEach} methods, and is then closed with its channels. A method may take it as a
 * parameter of type {@link dev.ioloop.IOLoop}. The test also fails if a callback or a coroutine
 * that nobody awaits throws, or if a coroutine is still suspended at the end: the message shows
 * where. Tornado: {@code gen_test} and {@code AsyncTestCase}.
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
   * The time limit of the test, in milliseconds of real time. At the limit the test is cancelled,
   * and fails with a message that shows where it was suspended.
   */
  long timeoutMillis() default 5_000;

  /**
   * The backend of the loop, as for {@link dev.ioloop.IOLoop#create(String)}; empty for the
   * configured one.
   */
  String backend() default "";

  /** The coroutine engine, as for {@link dev.ioloop.Gen#configure}; empty for the default. */
  String generator() default "";

  /**
   * Whether to shuffle every order that a loop does not promise; see {@link ShufflingPoller}. A
   * failure names its seed.
   */
  boolean shuffled() default false;

  /** The seed of {@link #shuffled}; zero chooses another one each time. */
  long seed() default 0;

  /**
   * Whether coroutines may still be suspended when the test has ended; closing the loop cancels
   * them.
   */
  boolean suspendedAllowed() default false;
}
