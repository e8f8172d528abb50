package dev.ioloop;

import dev.ioloop.spi.PollerProvider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds the backends on the class path or module path and chooses among them. */
final class Backends {
  static final String PROPERTY = "dev.ioloop.backend";

  private static final System.Logger LOG = System.getLogger("dev.ioloop");

  /** The backends that were found, by name, most preferred first. */
  private static final Map<String, PollerProvider> FOUND = find();

  private static volatile @Nullable String configured;

  private Backends() {}

  private static Map<String, PollerProvider> find() {
    List<PollerProvider> providers = new ArrayList<>();
    load(ServiceLoader.load(PollerProvider.class), providers);
    load(ServiceLoader.load(PollerProvider.class, Backends.class.getClassLoader()), providers);
    providers.sort(Comparator.comparingInt(PollerProvider::priority).reversed());
    Map<String, PollerProvider> byName = new LinkedHashMap<>();
    for (PollerProvider provider : providers) {
      byName.putIfAbsent(provider.name(), provider);
    }
    return byName;
  }

  /**
   * Adds the providers that {@code loader} finds. A provider that cannot be loaded does not hide
   * the others.
   */
  private static void load(ServiceLoader<PollerProvider> loader, List<PollerProvider> into) {
    Iterator<PollerProvider> found = loader.iterator();
    while (true) {
      try {
        if (!found.hasNext()) {
          return;
        }
        into.add(found.next());
      } catch (ServiceConfigurationError | LinkageError e) {
        LOG.log(System.Logger.Level.WARNING, "A backend could not be loaded and is ignored", e);
      }
    }
  }

  static List<Backend> all() {
    List<Backend> all = new ArrayList<>();
    for (PollerProvider provider : FOUND.values()) {
      Throwable cause = provider.unavailabilityCause();
      all.add(new Backend(provider.name(), cause == null, cause));
    }
    return List.copyOf(all);
  }

  static void configure(@Nullable String name) {
    if (name != null) {
      provider(name);
    }
    configured = name;
  }

  /** Returns the backend of a loop that is created without naming one. */
  static PollerProvider chosen() {
    String name = configured;
    if (name == null) {
      name = System.getProperty(PROPERTY, "");
    }
    return name.isEmpty() ? defaultProvider() : provider(name);
  }

  static PollerProvider defaultProvider() {
    for (PollerProvider provider : FOUND.values()) {
      if (provider.priority() >= 0 && provider.unavailabilityCause() == null) {
        return provider;
      }
    }
    throw new IllegalStateException(
        "no backend is available; put loop-netty or loop-nio on the class or module path. "
            + describeAll());
  }

  static PollerProvider provider(String name) {
    PollerProvider provider = FOUND.get(name);
    if (provider == null) {
      throw new IllegalArgumentException(
          "there is no backend named \""
              + name
              + "\"; choose another or add its module. "
              + describeAll());
    }
    Throwable cause = provider.unavailabilityCause();
    if (cause != null) {
      throw new IllegalArgumentException(
          "the backend \"" + name + "\" is not available here. " + describeAll(), cause);
    }
    return provider;
  }

  private static String describeAll() {
    if (FOUND.isEmpty()) {
      return "Found: none";
    }
    StringBuilder text = new StringBuilder("Found:");
    String separator = " ";
    for (Backend backend : all()) {
      text.append(separator).append(backend.name());
      Throwable cause = backend.unavailabilityCause();
      text.append(cause == null ? " (available)" : " (unavailable: " + reason(cause) + ")");
      separator = ", ";
    }
    return text.toString();
  }

  private static String reason(Throwable cause) {
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
