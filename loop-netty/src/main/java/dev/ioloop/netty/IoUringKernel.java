package dev.ioloop.netty;

import dev.ioloop.spi.ReadyHandler;
import io.netty.channel.IoHandler;
import io.netty.channel.ManualIoEventLoop;
import java.nio.channels.SelectableChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The watches of one ring: which are to be submitted by the next poll, and which hold a channel
 * that its user may have closed.
 */
final class IoUringKernel implements Kernel {

  private static final Path OPEN_FDS = Path.of("/proc/self/fd");

  /** How many channels are looked at before each poll. */
  private static final int SWEEP = 64;

  private final Deque<IoUringWatch> due = new ArrayDeque<>();
  private final List<IoUringWatch> channels = new ArrayList<>();
  private int cursor;
  private @Nullable IoUringTeardown teardown;

  /** How many registrations there are, with those that are cancelled but not done. */
  private int registered;

  @Override
  public FdWatch watch(
      NettyPoller poller, int fd, @Nullable SelectableChannel channel, ReadyHandler handler) {
    return new IoUringWatch(this, poller, fd, channel, handler);
  }

  // The ring tells a bad descriptor only when the operation completes.
  @Override
  public void checkOpen(int fd) {
    if (Files.isDirectory(OPEN_FDS)
        && !Files.exists(OPEN_FDS.resolve(Integer.toString(fd)), LinkOption.NOFOLLOW_LINKS)) {
      throw new IllegalArgumentException("file descriptor " + fd + " is not open");
    }
  }

  // The first run enables the ring, and a queue that is full cannot be submitted before that. There
  // is nothing else to run yet.
  @Override
  public void bound(NettyPoller poller, ManualIoEventLoop loop, IoHandler handler) {
    loop.run(-1, -1);
    teardown = new IoUringTeardown(poller, handler);
  }

  @Override
  public void beforePoll() {
    for (IoUringWatch watch = due.poll(); watch != null; watch = due.poll()) {
      watch.arm();
    }
    sweep();
  }

  @Override
  public void takeOver() {
    if (teardown != null) {
      teardown.takeOver(() -> registered == 0);
    }
  }

  /** Called when a watch gets a registration with Netty. */
  void registered() {
    registered++;
  }

  /** Called when a registration has ended, and all of its operations. */
  void unregistered() {
    registered--;
  }

  void due(IoUringWatch watch) {
    due.add(watch);
  }

  void add(IoUringWatch watch) {
    if (watch.channel != null) {
      watch.index = channels.size();
      channels.add(watch);
    }
  }

  void remove(IoUringWatch watch) {
    if (watch.index >= 0) {
      IoUringWatch last = channels.remove(channels.size() - 1);
      if (last != watch) {
        channels.set(watch.index, last);
        last.index = watch.index;
      }
      watch.index = -1;
    }
  }

  // An armed operation keeps the socket open after its channel was closed, and the peer would never
  // hear of the end. Nothing tells us of the close, so some channels are looked at in each turn.
  private void sweep() {
    for (int i = Math.min(SWEEP, channels.size()); i > 0 && !channels.isEmpty(); i--) {
      cursor = cursor == 0 || cursor > channels.size() ? channels.size() - 1 : cursor - 1;
      IoUringWatch watch = channels.get(cursor);
      if (watch.closedByUser()) {
        watch.release();
      }
    }
  }
}
