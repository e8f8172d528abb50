package dev.ioloop.net;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.spi.ReadyHandler;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Tells a stream's transport what to watch, and handles its readiness: it first completes the
 * connection, then continues writes, then reads.
 */
final class Readiness implements ReadyHandler {
  private final IOStream stream;
  private final IOLoop loop;

  /** Done when the transport is connected; null if it was connected from the start, or is now. */
  private @Nullable Future<IOStream> connected;

  private boolean connecting;

  /** The events that the transport was told to watch. */
  private int watched;

  Readiness(IOStream stream, IOLoop loop) {
    this.stream = stream;
    this.loop = loop;
  }

  boolean connecting() {
    return connecting;
  }

  /** Connects the transport. Cancelling the future closes the stream. */
  Future<IOStream> connect() {
    connecting = true;
    Future<IOStream> future = Future.owned(() -> stream.inLoop(stream::close));
    connected = future;
    try {
      finishConnecting();
    } catch (Error e) {
      stream.closeBy(e);
      throw e;
    }
    update();
    return future;
  }

  /** Any failure closes the stream and fails the future. */
  private void finishConnecting() {
    try {
      if (!stream.transport().finishConnect()) {
        return;
      }
    } catch (IOException | RuntimeException e) {
      stream.closeBy(e);
      return;
    }
    connecting = false;
    stream.opened();
    Future<IOStream> done = connected;
    connected = null;
    if (done != null) {
      done.complete(stream);
    }
  }

  /** Called when the stream is closed: fails the future of {@link #connect} if it is pending. */
  void failConnect(@Nullable Throwable error) {
    if (connected != null) {
      Reading.fail(connected, error);
    }
  }

  // READ stays watched after a read is done, because the next read usually follows soon.
  void watchReading() {
    if ((watched & IOLoop.READ) == 0 && !connecting) {
      watch(watched | IOLoop.READ);
    }
  }

  void watchWriting() {
    if ((watched & IOLoop.WRITE) == 0) {
      watch(watched | IOLoop.WRITE);
    }
  }

  /** Watches exactly the events that the stream waits for. */
  void update() {
    if (stream.over()) {
      return;
    }
    int wanted = 0;
    if (connecting || stream.writing.isPending()) {
      wanted |= IOLoop.WRITE;
    }
    if (!connecting && stream.reading.wantsReadiness()) {
      wanted |= IOLoop.READ;
    }
    watch(wanted);
  }

  void watch(int events) {
    if (events != watched) {
      watched = events;
      stream.transport().watch(events);
    }
  }

  /** Called when the transport is being closed: it no longer watches anything. */
  void close() {
    watched = 0;
  }

  @Override
  public void ready(int events) {
    if (stream.over()) {
      return;
    }
    try {
      handle(events);
    } catch (RuntimeException e) {
      fail(
          e,
          () -> {
            throw e;
          });
    } catch (Error e) {
      fail(
          e,
          () -> {
            throw e;
          });
    }
  }

  /**
   * Closes the stream, and rethrows the error in a callback, because it must not propagate into the
   * poller.
   */
  private void fail(Throwable failure, Runnable rethrow) {
    stream.closeBy(failure);
    loop.addCallback(rethrow);
  }

  private void handle(int events) {
    Reading reading = stream.reading;
    Writing writing = stream.writing;
    boolean wasReading = reading.wantsReadiness();
    try {
      if (connecting) {
        finishConnecting();
        if (connecting || stream.over()) {
          return;
        }
      }
      if (writing.isPending()) {
        writing.flush();
      }
    } catch (IOException e) {
      stream.failWriting(e);
    }
    if (!stream.over() && (events & (IOLoop.READ | IOLoop.ERROR)) != 0) {
      try {
        reading.ready();
      } catch (IOException
          | UnsatisfiableReadException
          | StreamBufferFullException
          | StackOverflowError e) {
        stream.closeBy(e);
      }
    }
    if (stream.over()) {
      return;
    }
    if (wasReading && (watched & IOLoop.WRITE) == 0 && !writing.isPending()) {
      watchReading();
    } else {
      update();
    }
  }
}
