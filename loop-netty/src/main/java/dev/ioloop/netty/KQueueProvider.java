package dev.ioloop.netty;

import dev.ioloop.spi.Poller;
import dev.ioloop.spi.PollerProvider;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueIoHandler;
import org.jspecify.annotations.Nullable;

/** The backend {@code kqueue}: macOS and the BSDs, and the default there. */
public final class KQueueProvider implements PollerProvider {

  /** For {@link java.util.ServiceLoader}. */
  public KQueueProvider() {}

  @Override
  public String name() {
    return "kqueue";
  }

  @Override
  public int priority() {
    return 250;
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return NativeTransport.unavailabilityCause(name(), KQueue::unavailabilityCause);
  }

  @Override
  public Poller create() {
    return NativeTransport.create(name(), KQueueIoHandler::newFactory, () -> KQueueWatch::new);
  }
}
