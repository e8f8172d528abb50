package dev.ioloop.netty;

import dev.ioloop.spi.Events;
import dev.ioloop.spi.ReadyHandler;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor watched by {@code IORING_OP_POLL_ADD}. The operation ends with its first event and
 * is submitted again at the start of the next poll. So the watch is level-triggered, reports once
 * per poll, and its submission costs no extra system call.
 *
 * <p>States: idle (nothing is watched), due (in {@link IoUringKernel}'s queue, and submitted by the
 * next poll), armed (in the kernel). Only the poller's thread changes the state. A cancelled
 * operation still completes; its completion carries an old generation and is dropped.
 */
final class IoUringWatch extends FdWatch implements IoUringIoHandle {

  // <linux/io_uring.h>. Netty's own constants are not public.
  private static final byte POLL_ADD = 6;
  private static final byte ASYNC_CANCEL = 14;
  private static final int POLL_ADD_MULTI = 1;
  private static final int CQE_F_MORE = 1 << 1;

  private static final long NOT_ARMED = 0;

  private final IoUringKernel kernel;
  private @Nullable IoRegistration registration;

  /** The watched events; zero when idle. */
  private int mask;

  /** The id of the operation in the kernel. */
  private long armed = NOT_ARMED;

  private short generation;
  private boolean due;

  // io_uring always adds POLLRDHUP to the requested events. So a peer that has ended its output
  // would complete a poll for WRITE again and again, and the loop would spin. After an unwanted
  // event the next operations are multishot ones, which report only changes, until a wanted event
  // arrives.
  private boolean changesOnly;

  /**
   * The operation for the current mask, generation and kind; cached because every poll submits it.
   */
  private @Nullable IoUringIoOps operation;

  /** The index of this watch in {@link IoUringKernel}'s list; -1 if it is not in the list. */
  int index = -1;

  IoUringWatch(
      IoUringKernel kernel,
      NettyPoller poller,
      int fd,
      @Nullable SelectableChannel channel,
      ReadyHandler handler) {
    super(poller, fd, channel, handler);
    this.kernel = kernel;
  }

  @Override
  void ask(int before, int now) throws Exception {
    disarm();
    mask = now;
    operation = null;
    changesOnly = false;
    if (now == 0) {
      release();
      return;
    }
    if (registration == null) {
      registration = poller.register(this);
      kernel.registered();
      kernel.add(this);
    }
    becomeDue();
  }

  /** Submits the operation. Called by {@link IoUringKernel} for watches that are due. */
  void arm() {
    due = false;
    IoRegistration current = registration;
    if (current == null || armed != NOT_ARMED || closedByUser()) {
      return;
    }
    IoUringIoOps ops = operation;
    if (ops == null) {
      int kind = changesOnly ? POLL_ADD_MULTI : 0;
      ops = operation = operation(POLL_ADD, fd, 0, kind, mask, generation);
    }
    armed = current.submit(ops);
  }

  @Override
  public void handle(IoRegistration source, IoEvent event) {
    IoUringIoEvent done = (IoUringIoEvent) event;
    if (source != registration || done.opcode() != POLL_ADD || done.userData() != generation) {
      return;
    }
    boolean more = (done.flags() & CQE_F_MORE) != 0;
    int ready = done.res();
    if (!more) {
      armed = NOT_ARMED;
    }
    if (ready < 0) {
      // The descriptor was closed before the submission. Like epoll, report nothing more.
      return;
    }
    boolean wanted = (ready & (mask | Events.ERROR)) != 0;
    if (wanted == changesOnly) {
      disarm();
      changesOnly = !wanted;
      operation = null;
    }
    if (armed == NOT_ARMED) {
      becomeDue();
    }
    if (wanted) {
      fire(ready);
    }
  }

  @Override
  public void unregistered() {
    kernel.unregistered();
  }

  /**
   * Ends the watch of a channel that was closed while armed; until then the kernel keeps the socket
   * open.
   */
  void release() {
    disarm();
    IoRegistration current = registration;
    if (current != null) {
      registration = null;
      kernel.remove(this);
      current.cancel();
    }
  }

  private void becomeDue() {
    if (!due) {
      due = true;
      kernel.due(this);
    }
  }

  private void disarm() {
    IoRegistration current = registration;
    if (current != null && armed != NOT_ARMED) {
      current.submit(operation(ASYNC_CANCEL, -1, armed, 0, 0, (short) 0));
      armed = NOT_ARMED;
      generation++;
      operation = null;
    }
  }

  private static IoUringIoOps operation(
      byte opcode, int fd, long address, int length, int flags, short data) {
    return new IoUringIoOps(
        opcode,
        (byte) 0,
        (short) 0,
        fd,
        0L,
        address,
        length,
        flags,
        (long) data,
        (short) 0,
        (short) 0,
        0,
        0L);
  }
}
