package dev.ioloop.netty.fuzz;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ioloop.Backend;
import dev.ioloop.IOLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random programs on streams of all kinds, on all backends, compared with a model of what the
 * documentation promises. CONTRIBUTING.md has the commands.
 *
 * <p>The options:
 *
 * <ul>
 *   <li>{@code -Dfuzz.seconds=N}: how long in all; 20 otherwise.
 *   <li>{@code -Dfuzz.seed=N}: the seed of the first program; the next one has the next number.
 *   <li>{@code -Dfuzz.on=epoll/tcp,nio}: on these backends or flavours only.
 *   <li>{@code -Dfuzz.program=epoll/tcp/N}: this one program, again and again.
 * </ul>
 */
final class StreamFuzzTest {
  private static final Duration SECONDS = Duration.ofSeconds(Long.getLong("fuzz.seconds", 20));
  private static final Duration LONGEST_TURN = Duration.ofSeconds(10);
  private static final Duration STALL = Duration.ofMinutes(3);
  private static final int MOST_DIFFERENCES = 10;

  /** One backend with one flavour. */
  private record Course(String backend, Flavour flavour) {
    @Override
    public String toString() {
      return backend + "/" + flavour;
    }

    boolean isChosen(String choice) {
      return choice.isEmpty()
          || Arrays.stream(choice.split(","))
              .anyMatch(
                  each ->
                      each.equals(backend)
                          || each.equals(flavour.toString())
                          || each.equals(toString()));
    }
  }

  private static List<Course> courses(String choice) {
    List<Course> courses = new ArrayList<>();
    for (String backend : List.of("epoll", "kqueue", "io_uring", "nio")) {
      boolean available =
          IOLoop.backends().stream()
              .filter(each -> each.name().equals(backend))
              .anyMatch(Backend::available);
      for (Flavour flavour : Flavour.values()) {
        Course course = new Course(backend, flavour);
        if (available && flavour.isAvailable() && course.isChosen(choice)) {
          courses.add(course);
        }
      }
    }
    return courses;
  }

  private final List<Throwable> differences = new ArrayList<>();
  private long programs;
  private long bytes;

  @Test
  @Timeout(value = 1, unit = TimeUnit.DAYS)
  void streamsDoWhatTheirDocumentationSays() throws Exception {
    int jdk = Integer.getInteger("fuzz.jdk", 0);
    assumeTrue(jdk <= Runtime.version().feature(), "runs on the newest JDK alone, which is " + jdk);
    String program = System.getProperty("fuzz.program");
    if (program != null) {
      int end = program.lastIndexOf('/');
      long seed = Long.parseLong(program.substring(end + 1));
      Course course = courses(program.substring(0, end)).get(0);
      System.out.println("fuzz: " + course + ", program " + seed + " again and again");
      run(course, SECONDS, seed, 0);
    } else {
      long seed = Long.getLong("fuzz.seed", new SplittableRandom().nextInt(1_000_000_000));
      runAll(courses(System.getProperty("fuzz.on", "")), seed);
    }
    System.out.printf("fuzz: %d programs, %d MB read%n", programs, bytes >> 20);
    if (!differences.isEmpty()) {
      Throwable first = differences.get(0);
      String what = String.valueOf(first.getCause() == null ? first : first.getCause());
      throw new AssertionError(
          "differences to the model: "
              + differences.size()
              + "; the first: "
              + what.lines().findFirst().orElse(what)
              + " "
              + first.getMessage().lines().findFirst().orElse(""),
          first);
    }
  }

  private void runAll(List<Course> courses, long seed) throws InterruptedException {
    System.out.println("fuzz: seed " + seed + ", " + SECONDS.toSeconds() + " s on " + courses);
    long begin = System.nanoTime();
    long left = SECONDS.toNanos();
    for (int turn = 0; left > 0 && differences.size() < MOST_DIFFERENCES; turn++) {
      int others = courses.size() - turn % courses.size();
      Duration time = Duration.ofNanos(Math.min(left / others, LONGEST_TURN.toNanos()));
      run(courses.get(turn % courses.size()), time, seed + programs, 1);
      left = begin + SECONDS.toNanos() - System.nanoTime();
    }
  }

  private void run(Course course, Duration time, long seed, int step) throws InterruptedException {
    course.flavour.prepare();
    Fuzz fuzz = new Fuzz(course.backend, course.flavour);
    Throwable[] thrown = new Throwable[1];
    Thread thread =
        new Thread(
            () -> {
              try {
                fuzz.run(time, n -> seed + n * step);
              } catch (Throwable e) {
                thrown[0] = e;
              }
            },
            "fuzz");
    thread.setDaemon(true);
    thread.start();
    long before = -1;
    while (thread.isAlive() && before != fuzz.count()) {
      before = fuzz.count();
      thread.join(STALL.toMillis());
    }
    programs += fuzz.count();
    bytes += fuzz.bytes();
    if (thread.isAlive()) {
      Difference stall = new Difference("the loop's thread does not come back");
      stall.setStackTrace(thread.getStackTrace());
      report(course, fuzz.current(), stall);
      throw stall;
    }
    if (thrown[0] != null) {
      programs++;
      report(course, fuzz.current(), thrown[0]);
    }
  }

  private void report(Course course, @Nullable Program program, Throwable thrown) {
    long seed = program == null ? 0 : program.seed();
    Difference difference =
        new Difference(
            "on "
                + course
                + ", to be replayed by -Dfuzz.program="
                + course
                + "/"
                + seed
                + "\n"
                + program,
            thrown);
    differences.add(difference);
    difference.printStackTrace(System.out);
  }
}
