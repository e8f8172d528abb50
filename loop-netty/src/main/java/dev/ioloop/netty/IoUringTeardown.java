package dev.ioloop.netty;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Sees to it that no operation outlives its ring.
 *
 * <p>Netty always has a read of its event descriptor under way, and cancels it before it closes the
 * ring. But a read that another thread submitted is finished by that thread, whenever it is free
 * for it; and one that Netty submits while the kernel holds operations back for a drain, as Netty's
 * {@code prepareToDestroy} makes it do, is started by a worker, after the cancellation has looked
 * for it in vain. (Tried: Netty 4.2.18, Linux 6.18.) Such a read fills a buffer that is freed by
 * then, or finds another loop's event descriptor under its number, and takes that loop's wake-up.
 *
 * <p>So we have that read complete and be submitted anew where it matters: before the end by a
 * thread that was not the ring's, and after {@code prepareToDestroy} by any. Netty shows nothing of
 * its own read, but a run that waited, found nothing that counts, and yet ended before its time has
 * seen it complete, or a timeout of the former thread's; the latter only once.
 */
final class IoUringTeardown implements IoUringIoHandle, IoHandlerContext {

  // <linux/io_uring.h>. Netty's own constants are not public.
  private static final byte NOP = 0;

  private static final int PROOFS = 3;
  private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final NettyPoller poller;
  private final IoHandler handler;
  private final IoRegistration registration;
  private boolean blocking;
  private int completed;

  /** Called by the thread that drives the ring. */
  IoUringTeardown(NettyPoller poller, IoHandler handler) {
    this.poller = poller;
    this.handler = handler;
    try {
      registration = handler.register(this);
    } catch (Exception e) {
      throw new IllegalStateException("the new ring takes no registration: " + e, e);
    }
  }

  /**
   * Makes the calling thread the one that drives the ring. The watches are cancelled.
   *
   * @param watchesDone whether their operations have completed
   * @throws IllegalStateException if they do not, and the ring must be left alone
   */
  void takeOver(BooleanSupplier watchesDone) {
    // Makes the ring known to this thread too.
    handler.initialize();
    renewRead(watchesDone);
  }

  /** Called by Netty in {@code prepareToDestroy}; what we execute runs right after that. */
  @Override
  public void close() {
    if (registration.isValid()) {
      poller.execute(this::settle);
    }
  }

  // While the kernel holds operations back, a new one starts when all others have completed,
  // Netty's
  // read too. So that an operation of ours completes at once, more than once, shows that it does
  // not.
  private void settle() {
    long begin = System.nanoTime();
    int submitted = 0;
    for (int prompt = 0; prompt < PROOFS; prompt++) {
      submitted++;
      registration.submit(
          new IoUringIoOps(
              NOP, (byte) 0, (short) 0, -1, 0, 0, 0, 0, 0L, (short) 0, (short) 0, 0, 0));
      handler.run(this);
      while (completed < submitted) {
        prompt = -1;
        checkLimit(begin);
        poller.wakeupAsStranger();
        handler.run(this);
        LockSupport.parkNanos(1);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    registration.cancel();
    renewRead(() -> true);
  }

  private void renewRead(BooleanSupplier done) {
    blocking = true;
    long begin = System.nanoTime();
    int reads = 0;
    while (reads < PROOFS || !done.getAsBoolean()) {
      long start = System.nanoTime();
      checkLimit(begin);
      poller.wakeupAsStranger();
      if (handler.run(this) == 0 && System.nanoTime() - start < STEP_NANOS) {
        reads++;
      }
    }
    blocking = false;
  }

  private static void checkLimit(long start) {
    if (System.nanoTime() - start > LIMIT_NANOS) {
      throw new IllegalStateException("operations are under way that do not end");
    }
  }

  @Override
  public void handle(IoRegistration source, IoEvent event) {
    completed++;
  }

  @Override
  public boolean canBlock() {
    return blocking;
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
