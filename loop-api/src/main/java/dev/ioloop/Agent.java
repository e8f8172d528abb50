package dev.ioloop;

import java.lang.instrument.Instrumentation;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Allows this jar to be used as {@code -javaagent}, instead of {@code --add-exports} flags. It
 * exports the JDK's continuations to the coroutines, and the descriptors of the JDK's channels to
 * native backends.
 */
public final class Agent {
  private Agent() {}

  /** Called by the JVM before the program's main method. */
  @SuppressWarnings("exports")
  public static void premain(String arguments, Instrumentation instrumentation) {
    Set<Module> users = new HashSet<>();
    users.add(Agent.class.getModule());
    users.add(ClassLoader.getSystemClassLoader().getUnnamedModule());
    for (Module module : ModuleLayer.boot().modules()) {
      if (module.getName().startsWith("dev.ioloop")) {
        users.add(module);
      }
    }
    Module base = Object.class.getModule();
    export(instrumentation, base, "jdk.internal.vm", users);
    export(instrumentation, base, "sun.nio.ch", users);
  }

  private static void export(
      Instrumentation instrumentation, Module from, String name, Set<Module> to) {
    if (from.getPackages().contains(name)) {
      instrumentation.redefineModule(
          from, Set.of(), Map.of(name, to), Map.of(), Set.of(), Map.of());
    }
  }
}
