package dev.ioloop.tck;

import static org.junit.platform.commons.support.AnnotationSupport.findAnnotation;

import dev.ioloop.spi.PollerProvider;
import java.lang.reflect.AnnotatedElement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstances;

/** Skips what the backend under test cannot do, and tells each contract which backend that is. */
final class OnBackend implements ExecutionCondition, BeforeEachCallback {

  /** Made by JUnit. */
  OnBackend() {}

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Optional<Backend> backend = findAnnotation(outermostClass(context), Backend.class);
    if (backend.isEmpty()) {
      return ConditionEvaluationResult.enabled("no backend is named");
    }
    // Each test is skipped by itself, because reports omit the tests of a class template that is
    // skipped.
    Optional<String> reason =
        context.getTestMethod().isPresent()
            ? lack(backend.get(), context)
            : unavailability(backend.get());
    return reason
        .map(ConditionEvaluationResult::disabled)
        .orElseGet(() -> ConditionEvaluationResult.enabled("it is available"));
  }

  private static Class<?> outermostClass(ExtensionContext context) {
    List<Class<?>> enclosing = context.getEnclosingTestClasses();
    return enclosing.isEmpty() ? context.getRequiredTestClass() : enclosing.get(0);
  }

  private static Optional<String> lack(Backend backend, ExtensionContext context) {
    List<Capability> lacking = Arrays.asList(backend.lacks());
    return Stream.<AnnotatedElement>of(
            context.getRequiredTestClass(), context.getRequiredTestMethod())
        .flatMap(element -> findAnnotation(element, Needs.class).stream())
        .flatMap(needs -> Arrays.stream(needs.value()))
        .filter(lacking::contains)
        .findFirst()
        .map(capability -> capability.reasonToSkip(backend.value()));
  }

  private static Optional<String> unavailability(Backend backend) {
    return ServiceLoader.load(PollerProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals(backend.value()))
        .findFirst()
        .map(PollerProvider::unavailabilityCause)
        .map(cause -> "no " + backend.value() + " here: " + cause.getMessage());
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    TestInstances instances = context.getRequiredTestInstances();
    BackendContracts backend = instances.findInstance(BackendContracts.class).orElseThrow();
    instances.findInstance(LoopContract.class).ifPresent(contract -> contract.use(backend));
  }
}
