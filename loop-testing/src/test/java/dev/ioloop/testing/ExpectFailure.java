package dev.ioloop.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Turns a test round: it passes if it fails with these texts in the message. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ExpectFailure.Check.class)
@interface ExpectFailure {

  String[] value();

  /** Swallows the failure, and notes that there was one. */
  final class Check implements TestExecutionExceptionHandler, AfterTestExecutionCallback {
    private static final Namespace NAMESPACE = Namespace.create(ExpectFailure.class);

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) {
      context.getStore(NAMESPACE).put("failed", true);
      ExpectFailure expected = context.getRequiredTestMethod().getAnnotation(ExpectFailure.class);
      assertThat(failure).hasMessageContainingAll(expected.value());
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
      assertThat(context.getStore(NAMESPACE).get("failed")).as("the test failed").isEqualTo(true);
    }
  }
}
