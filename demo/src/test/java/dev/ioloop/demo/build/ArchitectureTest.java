package dev.ioloop.demo.build;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasParameterTypes.Predicates.rawParameterTypes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.JavaTypeVariable;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvent;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules for the published modules, checked against their class files. */
final class ArchitectureTest {
  private static final String CORE = "dev.ioloop";

  /**
   * For each package of the core, the other packages of the core that it may use. A package must
   * have a row here; a row may name a package that does not exist.
   */
  private static final Map<String, Set<String>> LAYERS =
      Map.ofEntries(
          layer("unix"),
          layer("fiber"),
          layer("spi", "unix"),
          layer("diagnostics", "fiber"),
          layer("iteration", "spi", "diagnostics", "fiber"),
          layer(CORE, "fiber", "spi", "iteration", "diagnostics"),
          layer("waitqueue", CORE, "diagnostics", "iteration"),
          layer("locks", CORE, "waitqueue"),
          layer("queues", CORE, "waitqueue"),
          layer("net", CORE, "spi", "diagnostics", "unix"),
          layer("process", CORE, "net", "spi"));

  private static final int LINES = 600;

  /** The source files that may be longer than {@link #LINES}, each with its reason. */
  private static final Map<String, String> LONG_FILES =
      Map.of(
          "dev/ioloop/IOLoop.java", "half of it is the Javadoc of public methods",
          "dev/ioloop/Future.java",
              "half of it is the Javadoc of public methods, and overrides of CompletableFuture's",
          "dev/ioloop/net/IOStream.java", "half of it is the Javadoc of public methods");

  private static final List<Published> MODULES = Published.modules();
  private static final JavaClasses CLASSES =
      new ClassFileImporter().importPaths(MODULES.stream().map(Published::classes).toList());

  private static Map.Entry<String, Set<String>> layer(String name, String... uses) {
    return Map.entry(
        inCore(name), Stream.of(uses).map(ArchitectureTest::inCore).collect(Collectors.toSet()));
  }

  private static String inCore(String name) {
    return name.equals(CORE) ? CORE : CORE + "." + name;
  }

  @Test
  void the_core_keeps_its_layers() {
    Published core =
        MODULES.stream().filter(each -> each.name().equals(CORE)).findAny().orElseThrow();
    Set<String> names = Set.copyOf(core.classNames());
    classes()
        .that(are("of the core", each -> names.contains(each.getName())))
        .should(
            new ArchCondition<JavaClass>("use only packages of the core that LAYERS allows") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                Set<String> allowed = LAYERS.get(type.getPackageName());
                if (allowed == null) {
                  events.add(violated(type, type.getPackageName() + " has no row in LAYERS"));
                  return;
                }
                for (Dependency each : type.getDirectDependenciesFromSelf()) {
                  String target = each.getTargetClass().getBaseComponentType().getPackageName();
                  if (isOurs(target)
                      && !target.equals(type.getPackageName())
                      && !allowed.contains(target)) {
                    events.add(violated(type, each.getDescription()));
                  }
                }
              }
            })
        .check(CLASSES);
  }

  @Test
  void no_packages_form_a_cycle() {
    var packages =
        new SliceAssignment() {
          @Override
          public SliceIdentifier getIdentifierOf(JavaClass type) {
            return isOurs(type.getPackageName())
                ? SliceIdentifier.of(type.getPackageName())
                : SliceIdentifier.ignore();
          }

          @Override
          public String getDescription() {
            return "packages";
          }
        };
    slices().assignedFrom(packages).should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void only_the_netty_module_uses_netty() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.ioloop.netty..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(CLASSES);
  }

  @Test
  void libraries_log_through_the_system_logger_alone() {
    // Tests announce and inspect what is logged, which only the JDK's own logging allows.
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.ioloop.testing..", "dev.ioloop.tck..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.logging..")
        .check(CLASSES);
    noClasses().should(ACCESS_STANDARD_STREAMS).check(CLASSES);
    noClasses()
        .should()
        .callMethodWhere(
            target(name("printStackTrace")).and(target(rawParameterTypes(new Class<?>[0]))))
        .check(CLASSES);
  }

  @Test
  void what_is_exported_mentions_nothing_hidden() {
    Set<String> exports =
        MODULES.stream().flatMap(each -> each.exports().stream()).collect(Collectors.toSet());
    Predicate<JavaClass> hidden =
        type ->
            isOurs(type.getPackageName())
                && !(exports.contains(type.getPackageName()) && isVisible(type));
    classes()
        .that(are("exported", each -> isOurs(each.getPackageName()) && !hidden.test(each)))
        .should(
            new ArchCondition<JavaClass>("mention exported types alone") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                mentionedBy(type)
                    .flatMap(each -> each.getAllInvolvedRawTypes().stream())
                    .map(JavaClass::getBaseComponentType)
                    .filter(hidden)
                    .distinct()
                    .forEach(
                        each ->
                            events.add(
                                violated(type, type.getName() + " mentions " + each.getName())));
              }
            })
        .check(CLASSES);
  }

  /** Returns the types in the declarations of a class and of its members that users see. */
  private static Stream<JavaType> mentionedBy(JavaClass type) {
    Stream<JavaType> parents =
        Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
    Stream<JavaType> bounds = bounds(type.getTypeParameters());
    Stream<JavaType> members =
        type.getMembers().stream()
            .filter(
                each ->
                    isVisible(each.getModifiers())
                        && !each.getModifiers().contains(JavaModifier.SYNTHETIC))
            .flatMap(ArchitectureTest::mentionedBy);
    return Stream.of(parents, bounds, members).flatMap(each -> each);
  }

  private static Stream<JavaType> mentionedBy(JavaMember member) {
    if (member instanceof JavaField field) {
      return Stream.of(field.getType());
    }
    JavaCodeUnit code = (JavaCodeUnit) member;
    return Stream.of(
            Stream.of(code.getReturnType()),
            code.getParameterTypes().stream(),
            code.getExceptionTypes().stream(),
            bounds(code.getTypeParameters()))
        .flatMap(each -> each);
  }

  private static Stream<JavaType> bounds(Collection<? extends JavaTypeVariable<?>> variables) {
    return variables.stream().flatMap(each -> each.getUpperBounds().stream());
  }

  @Test
  void files_stay_short_or_have_a_reason() throws IOException {
    Map<String, Integer> longer = new TreeMap<>();
    for (Published module : MODULES) {
      for (Path source : module.sources()) {
        int lines = Files.readAllLines(source).size();
        if (lines > LINES) {
          longer.put(module.sourceRoot().relativize(source).toString().replace('\\', '/'), lines);
        }
      }
    }
    assertThat(longer)
        .as("Files of more than %d lines. Carve them, or write a reason in LONG_FILES", LINES)
        .containsOnlyKeys(LONG_FILES.keySet());
  }

  private static boolean isVisible(JavaClass type) {
    return isVisible(type.getModifiers())
        && type.getEnclosingClass().map(ArchitectureTest::isVisible).orElse(true);
  }

  private static boolean isVisible(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  private static boolean isOurs(String name) {
    return name.equals(CORE) || name.startsWith(CORE + ".");
  }

  private static DescribedPredicate<JavaClass> are(String what, Predicate<JavaClass> which) {
    return DescribedPredicate.describe(what, which);
  }

  private static ConditionEvent violated(JavaClass type, String message) {
    return SimpleConditionEvent.violated(type, message);
  }
}
