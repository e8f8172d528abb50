package dev.ioloop.tck;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * Finds the contracts of this package, so that a backend's tests can show that they run them all.
 */
public final class Contracts {
  private Contracts() {}

  /**
   * Returns the names of the contracts that no test class in the package of {@code test} runs,
   * neither one of its own nor one nested in {@code test}.
   */
  public static Set<String> notRunBeside(Class<?> test) {
    Set<String> missing =
        classesBeside(Contracts.class)
            .filter(Contracts::isContract)
            .map(Class::getSimpleName)
            .collect(Collectors.toCollection(TreeSet::new));
    Stream.concat(classesBeside(test), Arrays.stream(test.getDeclaredClasses()))
        .map(Class::getSuperclass)
        .filter(type -> type != null && isContract(type))
        .forEach(contract -> missing.remove(contract.getSimpleName()));
    return missing;
  }

  /** Contracts have tests; what several of them have in common is none. */
  private static boolean isContract(Class<?> type) {
    return type.getPackage() == Contracts.class.getPackage()
        && type.getSimpleName().endsWith("Contract")
        && Arrays.stream(type.getDeclaredMethods())
            .anyMatch(method -> AnnotationSupport.isAnnotated(method, Test.class));
  }

  private static Stream<Class<?>> classesBeside(Class<?> type) {
    Module module = type.getModule();
    String name = type.getPackageName();
    List<Class<?>> found =
        module.isNamed()
            ? ReflectionSupport.findAllClassesInModule(
                module.getName(), candidate -> candidate.getPackageName().equals(name), any -> true)
            : ReflectionSupport.findAllClassesInPackage(name, candidate -> true, any -> true);
    return found.stream().filter(candidate -> !candidate.isMemberClass());
  }
}
