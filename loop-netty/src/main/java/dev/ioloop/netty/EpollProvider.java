package dev.ioloop.netty;

import dev.ioloop.spi.Poller;
import dev.ioloop.spi.PollerProvider;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import org.jspecify.annotations.Nullable;

/** The backend {@code epoll}: Linux, and the default there. */
public final class EpollProvider implements PollerProvider {

  /** For {@link java.util.ServiceLoader}. */
  public EpollProvider() {}

  @Override
  public String name() {
    return "epoll";
  }

  @Override
  public int priority() {
    return 300;
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return NativeTransport.unavailabilityCause(name(), Epoll::unavailabilityCause);
  }

  @Override
  public Poller create() {
    return NativeTransport.create(name(), EpollIoHandler::newFactory, () -> EpollWatch::new);
  }
}
