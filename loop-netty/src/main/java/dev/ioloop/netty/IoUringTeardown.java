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
 * Ensures that no operation outlives its ring.
 *
 * <p>Netty always has a read of its event descriptor pending, and cancels it before it closes the
 * ring. The cancellation misses the read in two cases. A read that another thread submitted is
 * finished by that thread, whenever that thread gets to it. And a read that Netty submits while the
 * kernel holds operations back for a drain (which Netty's {@code prepareToDestroy} causes) is
 * started by a kernel worker only after the cancellation has looked for it. (Observed with Netty
 * 4.2.18 on Linux 6.18.) Such a read writes into a freed buffer, or its descriptor number now
 * belongs to another loop's event descriptor and it consumes that loop's wake-up.
 *
 * <p>So this class makes that read complete and be submitted again where it matters: before the
 * ring is closed by a thread other than the ring's, and after {@code prepareToDestroy} in any case.
 * Netty does not expose its own read. But if a run waited, found no event that counts and still
 * ended early, then either that read has completed or a timeout of the former thread has; the
 * timeout can do so only once.
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

  /** Called on the thread that drives the ring. */
  IoUringTeardown(NettyPoller poller, IoHandler handler) {
    this.poller = poller;
    this.handler = handler;
    try {
      registration = handler.register(this);
    } catch (Exception e) {
      throw new IllegalStateException("the new ring refused a registration: " + e, e);
    }
  }

  /**
   * Makes the calling thread the one that drives the ring. The watches must be cancelled.
   *
   * @param watchesDone tells whether the watches' operations have completed
   * @throws IllegalStateException if they do not complete; the ring must then be left alone
   */
  void takeOver(BooleanSupplier watchesDone) {
    // Makes the ring usable by this thread too.
    handler.initialize();
    renewRead(watchesDone);
  }

  /** Called by Netty in {@code prepareToDestroy}; the task queued here runs right after that. */
  @Override
  public void close() {
    if (registration.isValid()) {
      poller.execute(this::settle);
    }
  }

  // While the kernel holds operations back, a new one starts only after all others have completed,
  // including Netty's read. So if an operation of ours completes at once, several times in a row,
  // the kernel no longer holds any back.
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
        poller.wakeupAsForeignThread();
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
      poller.wakeupAsForeignThread();
      if (handler.run(this) == 0 && System.nanoTime() - start < STEP_NANOS) {
        reads++;
      }
    }
    blocking = false;
  }

  private static void checkLimit(long start) {
    if (System.nanoTime() - start > LIMIT_NANOS) {
      throw new IllegalStateException("pending operations do not complete");
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
