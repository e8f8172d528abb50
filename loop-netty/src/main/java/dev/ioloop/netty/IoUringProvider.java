package dev.ioloop.netty;

import dev.ioloop.spi.Poller;
import dev.ioloop.spi.PollerProvider;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import org.jspecify.annotations.Nullable;

/** The backend {@code io_uring}: Linux, used only if requested by name. */
public final class IoUringProvider implements PollerProvider {

  /** For {@link java.util.ServiceLoader}. */
  public IoUringProvider() {}

  @Override
  public String name() {
    return "io_uring";
  }

  @Override
  public int priority() {
    return -1;
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return NativeTransport.unavailabilityCause(name(), IoUring::unavailabilityCause);
  }

  @Override
  public Poller create() {
    return NativeTransport.create(name(), IoUringProvider::factory, IoUringKernel::new);
  }

  // No single issuer, because another thread than the loop's may close the loop.
  static IoHandlerFactory factory() {
    return IoUringIoHandler.newFactory(new IoUringIoHandlerConfig().setSingleIssuer(false));
  }
}
