package dev.ioloop.netty;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import java.util.concurrent.TimeUnit;

/**
 * Lets a thread destroy a ring that another thread has used.
 *
 * <p>An operation is finished by the thread that submitted it, whenever the kernel gets to run
 * there, also while that thread does something else. Netty waits for its last operations on the
 * calling thread only; here it would free the memory that a read of the other thread's is about to
 * fill. So before the ring is destroyed we submit an operation that the kernel starts when all
 * earlier ones have completed, and wait for it.
 */
final class IoUringFence implements IoUringIoHandle, IoHandlerContext {

  // <linux/io_uring.h>. Netty's own constants are not public.
  private static final byte NOP = 0;
  private static final byte IOSQE_IO_DRAIN = 1 << 1;

  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private boolean passed;

  /**
   * Prepares {@code handler} for its end and waits until no operation of another thread is left.
   *
   * @param wakeup completes a read of the event descriptor that is under way
   * @throws Exception if the operations do not end, and the ring must be left alone
   */
  static void prepareToDestroy(IoHandler handler, Runnable wakeup) throws Exception {
    // Makes the ring known to this thread too.
    handler.initialize();
    IoUringFence fence = new IoUringFence();
    IoRegistration registration = handler.register(fence);
    handler.prepareToDestroy();
    registration.submit(
        new IoUringIoOps(
            NOP, IOSQE_IO_DRAIN, (short) 0, -1, 0, 0, 0, 0, 0L, (short) 0, (short) 0, 0, 0));
    wakeup.run();
    long start = System.nanoTime();
    while (!fence.passed) {
      if (System.nanoTime() - start > LIMIT_NANOS) {
        throw new IllegalStateException("operations are under way that do not end");
      }
      handler.run(fence);
    }
    registration.cancel();
  }

  @Override
  public void handle(IoRegistration registration, IoEvent event) {
    passed = true;
  }

  @Override
  public void close() {}

  @Override
  public boolean canBlock() {
    return !passed;
  }

  @Override
  public long delayNanos(long currentTimeNanos) {
    return STEP_NANOS;
  }

  @Override
  public long deadlineNanos() {
    return System.nanoTime() + STEP_NANOS;
  }
}
