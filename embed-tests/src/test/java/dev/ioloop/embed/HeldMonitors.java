package dev.ioloop.embed;

import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The monitors that frameworks hold while they call handlers. */
final class HeldMonitors {
  private final Set<String> classes = ConcurrentHashMap.newKeySet();

  /** Notes what the calling thread holds. */
  void look() {
    long[] self = {Thread.currentThread().getId()};
    ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(self, true, false)[0];
    Arrays.stream(info.getLockedMonitors()).map(MonitorInfo::getClassName).forEach(classes::add);
  }

  /** Returns the classes of all objects whose monitors were held. */
  Set<String> classes() {
    return Set.copyOf(classes);
  }
}
