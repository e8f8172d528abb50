package dev.ioloop.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Checks that a backend runs every contract. */
final class BackendContractsTest {

  /** A contract has tests; a class that several contracts share has none. */
  private static boolean isContract(Class<?> type) {
    return type.getName().endsWith("Contract")
        && !AnnotationSupport.findAnnotatedMethods(
                type, Test.class, HierarchyTraversalMode.TOP_DOWN)
            .isEmpty();
  }

  @Test
  void everyContractIsAmongThose() {
    Class<?> all = BackendContracts.class;
    Set<String> contracts =
        ReflectionSupport.findAllClassesInModule(
                all.getModule().getName(), BackendContractsTest::isContract, name -> true)
            .stream()
            .map(Class::getSimpleName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(contracts).hasSizeGreaterThan(60);
    assertThat(
            Arrays.stream(all.getDeclaredClasses())
                .filter(type -> type.isAnnotationPresent(Nested.class))
                .map(type -> type.getSuperclass().getSimpleName()))
        .as("for a new contract, add to BackendContracts: @Nested class X extends XContract {}")
        .containsExactlyInAnyOrderElementsOf(contracts);
  }
}
