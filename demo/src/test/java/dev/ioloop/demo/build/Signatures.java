package dev.ioloop.demo.build;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.joining;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Declarations of classes and members as text, as far as a caller or a subclass sees them. */
final class Signatures {
  /** The modifiers that matter to a caller or a subclass. */
  private static final int MODIFIERS =
      Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC | Modifier.ABSTRACT | Modifier.FINAL;

  private Signatures() {}

  /** Returns whether users can name a class, if its package is exported. */
  static boolean isVisible(Class<?> type) {
    Class<?> outer = type.getDeclaringClass();
    return isVisible(type.getModifiers())
        && !type.isAnonymousClass()
        && !type.isLocalClass()
        && (outer == null || isVisible(outer));
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  /** Returns the declaration of a class, without its members. */
  static String of(Class<?> type) {
    String kind =
        type.isAnnotation()
            ? "@interface"
            : type.isInterface()
                ? "interface"
                : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
    int ignored = type.isInterface() ? Modifier.ABSTRACT | Modifier.STATIC : 0;
    AnnotatedType parent = type.getAnnotatedSuperclass();
    return shortened(
        modifiers(type.getModifiers() & ~ignored)
            + (type.isSealed() ? "sealed " : "")
            + kind
            + " "
            + type.getName()
            + variables(type.getTypeParameters())
            + (parent == null || parent.getType() == Object.class ? "" : " extends " + parent)
            + list(" implements ", type.getAnnotatedInterfaces()));
  }

  /** Returns the declarations of the visible members: constructors, then the others by name. */
  static List<String> ofMembers(Class<?> type) {
    List<Member> all = new ArrayList<>(List.of(type.getDeclaredConstructors()));
    Class<?> each = type;
    do { // and inherits from classes that are not visible
      all.addAll(List.of(each.getDeclaredFields()));
      all.addAll(List.of(each.getDeclaredMethods()));
      each = each.getSuperclass();
    } while (each != null && !isVisible(each));
    return all.stream()
        .filter(Signatures::isSeen)
        .sorted(comparing(Signatures::name).thenComparing(Signatures::of))
        .map(Signatures::of)
        .distinct()
        .toList();
  }

  private static String name(Member member) {
    return member instanceof Constructor ? "" : member.getName();
  }

  private static String of(Member member) {
    if (member instanceof Field field) {
      return of(field);
    }
    return member instanceof Method method ? of(method) : of((Constructor<?>) member);
  }

  private static boolean isSeen(Member member) {
    return isVisible(member.getModifiers()) && !member.isSynthetic();
  }

  private static String of(Field field) {
    return shortened(
        modifiers(field.getModifiers()) + field.getAnnotatedType() + " " + field.getName());
  }

  private static String of(Constructor<?> constructor) {
    return shortened(
        modifiers(constructor.getModifiers())
            + variables(constructor.getTypeParameters())
            + constructor.getDeclaringClass().getSimpleName()
            + parameters(constructor));
  }

  private static String of(Method method) {
    String variables = variables(method.getTypeParameters());
    return shortened(
        modifiers(method.getModifiers())
            + (method.isDefault() ? "default " : "")
            + variables
            + (variables.isEmpty() ? "" : " ")
            + method.getAnnotatedReturnType()
            + " "
            + method.getName()
            + parameters(method));
  }

  private static String parameters(Executable executable) {
    String all = list("", executable.getAnnotatedParameterTypes());
    if (executable.isVarArgs()) {
      all = all.substring(0, all.length() - "[]".length()).stripTrailing() + "...";
    }
    return "(" + all + ")" + list(" throws ", executable.getAnnotatedExceptionTypes());
  }

  private static String variables(TypeVariable<?>[] variables) {
    return variables.length == 0
        ? ""
        : Stream.of(variables).map(Signatures::of).collect(joining(", ", "<", ">"));
  }

  private static String of(TypeVariable<?> variable) {
    String bounds =
        Stream.of(variable.getAnnotatedBounds()).map(Object::toString).collect(joining(" & "));
    return variable.getName() + (bounds.equals("java.lang.Object") ? "" : " extends " + bounds);
  }

  private static String list(String before, AnnotatedType[] types) {
    return types.length == 0
        ? ""
        : Arrays.stream(types).map(Object::toString).collect(joining(", ", before, ""));
  }

  private static String modifiers(int modifiers) {
    int kept = modifiers & MODIFIERS;
    return kept == 0 ? "" : Modifier.toString(kept) + " ";
  }

  /** Removes the package names of java.lang and of the nullness annotations. */
  private static String shortened(String text) {
    return text.replaceAll("@org\\.jspecify\\.annotations\\.(\\w+)\\(\\)", "@$1")
        .replaceAll("java\\.lang\\.(?=[@A-Z])", "")
        .replace('$', '.');
  }
}
