package dev.ioloop.nio;

import dev.ioloop.spi.Poller;
import dev.ioloop.spi.PollerProvider;
import java.io.IOException;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/** The backend "nio": always available, and the default if no native backend is. */
public final class NioPollerProvider implements PollerProvider {

  /** For {@link java.util.ServiceLoader}. */
  public NioPollerProvider() {}

  @Override
  public String name() {
    return "nio";
  }

  @Override
  public int priority() {
    return 100;
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return null;
  }

  @Override
  public Poller create() {
    try {
      return new NioPoller(Selector.open());
    } catch (IOException e) {
      throw new IllegalStateException("cannot open a selector: " + e.getMessage(), e);
    }
  }
}
