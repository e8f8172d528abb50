package dev.ioloop.tck;

import dev.ioloop.Gen;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs the tests of a class twice: with coroutines on continuations, and on helper threads.
 *
 * <p>If the JDK has no continuations, their half is skipped, with the reason. If it has them but a
 * flag is missing, the tests fail: otherwise a build would silently test only the slow engine.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ClassTemplate
@ExtendWith(OnEachGenerator.Makes.class)
public @interface OnEachGenerator {

  /** The two engines. */
  final class Makes implements ClassTemplateInvocationContextProvider {

    /** Made by JUnit. */
    public Makes() {}

    @Override
    public boolean supportsClassTemplate(ExtensionContext context) {
      return true;
    }

    @Override
    public Stream<ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(
        ExtensionContext context) {
      return Stream.of(new Make("continuation"), new Make("thread"));
    }
  }

  /**
   * One engine, chosen for each test and reset after it.
   *
   * @param name as {@link Gen#configure} takes it
   */
  record Make(String name)
      implements ClassTemplateInvocationContext, BeforeEachCallback, AfterEachCallback {

    @Override
    public String getDisplayName(int invocationIndex) {
      return name;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(this);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
      choose();
    }

    void choose() {
      try {
        Gen.configure(name);
      } catch (IllegalStateException e) {
        Assumptions.assumeTrue(Runtime.version().feature() >= 21, e.getMessage());
        throw new AssertionError("this JDK has continuations, so they must be tested: " + e, e);
      }
      if (!Gen.generator().equals(name)) {
        throw new AssertionError("asked for engine " + name + ", got " + Gen.generator());
      }
    }

    @Override
    public void afterEach(ExtensionContext context) {
      Gen.configure(null);
    }
  }
}
