package dev.ioloop.netty;

import dev.ioloop.spi.Events;
import dev.ioloop.spi.ReadyHandler;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.kqueue.KQueueIoEvent;
import io.netty.channel.kqueue.KQueueIoHandle;
import io.netty.channel.kqueue.KQueueIoOps;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor in the kqueue, with one filter for READ and one for WRITE. A descriptor that is
 * ready for both is therefore reported twice in one poll. There is no filter for errors alone; the
 * other two report them.
 */
final class KQueueWatch extends FdWatch implements KQueueIoHandle {

  // <sys/event.h>, the same on macOS, FreeBSD and OpenBSD. Netty's own constants are not public.
  private static final short EVFILT_READ = -1;
  private static final short EVFILT_WRITE = -2;
  private static final short EV_ADD_ENABLE = 0x0001 | 0x0004;
  private static final short EV_DELETE = 0x0002;
  private static final int EV_EOF = 0x8000;

  private static final KQueueIoOps ADD_READ = KQueueIoOps.newOps(EVFILT_READ, EV_ADD_ENABLE, 0);
  private static final KQueueIoOps ADD_WRITE = KQueueIoOps.newOps(EVFILT_WRITE, EV_ADD_ENABLE, 0);
  private static final KQueueIoOps DELETE_READ = KQueueIoOps.newOps(EVFILT_READ, EV_DELETE, 0);
  private static final KQueueIoOps DELETE_WRITE = KQueueIoOps.newOps(EVFILT_WRITE, EV_DELETE, 0);

  private @Nullable IoRegistration registration;

  KQueueWatch(
      NettyPoller poller, int fd, @Nullable SelectableChannel channel, ReadyHandler handler) {
    super(poller, fd, channel, handler);
  }

  @Override
  public int ident() {
    return fd;
  }

  @Override
  void ask(int before, int now) throws Exception {
    IoRegistration current = registration;
    if (current == null) {
      current = registration = poller.register(this);
    }
    // The kernel drops the filters of a closed descriptor. Its number may already belong to another
    // one, whose filter a late EV_DELETE would remove.
    if (!closedByUser()) {
      int changed = before ^ now;
      if ((changed & Events.READ) != 0) {
        current.submit((now & Events.READ) != 0 ? ADD_READ : DELETE_READ);
      }
      if ((changed & Events.WRITE) != 0) {
        current.submit((now & Events.WRITE) != 0 ? ADD_WRITE : DELETE_WRITE);
      }
    }
    if (now == 0) {
      registration = null;
      current.cancel();
    }
  }

  @Override
  public void handle(IoRegistration source, IoEvent event) {
    if (source == registration) {
      KQueueIoEvent found = (KQueueIoEvent) event;
      fire(events(found.filter(), found.flags(), found.fflags()));
    }
  }

  /**
   * Returns our events for one kevent. The end of input counts as readable. As in epoll, it is an
   * error if the peer no longer reads what we write. A socket error is in {@code fflags}.
   */
  static int events(short filter, int flags, int fflags) {
    boolean ended = (flags & EV_EOF) != 0;
    if (filter == EVFILT_READ) {
      return ended && fflags != 0 ? Events.READ | Events.ERROR : Events.READ;
    }
    return ended ? Events.WRITE | Events.ERROR : Events.WRITE;
  }
}
