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
 * The watches of one ring: those that the next poll must submit, and those of channels that the
 * user may have closed.
 */
final class IoUringKernel implements Kernel {

  private static final Path OPEN_FDS = Path.of("/proc/self/fd");

  /** How many channels are checked before each poll. */
  private static final int SWEEP = 64;

  private final Deque<IoUringWatch> due = new ArrayDeque<>();
  private final List<IoUringWatch> channels = new ArrayList<>();
  private int cursor;
  private @Nullable IoUringTeardown teardown;

  /** The number of registrations, including cancelled ones that have not ended yet. */
  private int registered;

  @Override
  public FdWatch watch(
      NettyPoller poller, int fd, @Nullable SelectableChannel channel, ReadyHandler handler) {
    return new IoUringWatch(this, poller, fd, channel, handler);
  }

  // The ring reports a bad descriptor only when the operation completes.
  @Override
  public void checkOpen(int fd) {
    if (Files.isDirectory(OPEN_FDS)
        && !Files.exists(OPEN_FDS.resolve(Integer.toString(fd)), LinkOption.NOFOLLOW_LINKS)) {
      throw new IllegalArgumentException("file descriptor " + fd + " is not open");
    }
  }

  // The first run enables the ring; before that, a full queue cannot be submitted. There is nothing
  // else to run yet.
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

  /** Called when a watch is registered with Netty. */
  void registered() {
    registered++;
  }

  /** Called when a registration and all of its operations have ended. */
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

  // An armed operation keeps the socket open after its channel was closed, so the peer would never
  // see the end. Nothing reports the close, so some channels are checked before each poll.
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
