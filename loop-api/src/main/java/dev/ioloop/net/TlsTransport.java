package dev.ioloop.net;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.Timeout;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.StreamTransport;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS over another transport, by an {@link SSLEngine}; the same code serves all backends. Expensive
 * computations of a handshake run on the loop's executor.
 *
 * <p>During the handshake the transport waits for what the engine needs next, whatever the stream
 * watches. After it, reading waits until the lower transport is readable, and writing until it is
 * writable. The engine's own answers (to a key update) are sent along the way; reading waits while
 * one is unsent.
 */
final class TlsTransport implements StreamTransport {
  private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(10);

  /** How long close_notify may wait for the peer to accept the bytes before it. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

  private final IOLoop loop;
  private final StreamTransport lower;
  private final SSLEngine engine;
  private final TlsRecords records;
  private @Nullable ReadyHandler handler;
  private @Nullable Timeout limit;

  private int watched;
  private boolean lowerConnected;
  private boolean established;
  private boolean computing;
  private boolean handshakeReads;

  /** Whether a callback is queued that continues with buffered data. */
  private boolean callbackQueued;

  private boolean closed;

  /** Thrown by the next operation. */
  private @Nullable IOException failure;

  /** Thrown by the next attempt to send; received data can still be read. */
  private @Nullable IOException sendFailure;

  TlsTransport(IOLoop loop, StreamTransport lower, SSLEngine engine) {
    this.loop = loop;
    this.lower = lower;
    this.engine = engine;
    this.records = new TlsRecords(engine, lower, TlsPackets.of(loop));
  }

  @Override
  public void start(ReadyHandler handler) {
    this.handler = handler;
    lower.start(this::lowerReady);
    if (!established) {
      limit = loop.callLater(HANDSHAKE_LIMIT, this::handshakeTimedOut);
    }
  }

  private void handshakeTimedOut() {
    limit = null;
    failure = new SSLException("the TLS handshake took longer than " + HANDSHAKE_LIMIT);
    callHandler(IOLoop.WRITE);
  }

  private void lowerReady(int events) {
    if (closed) {
      return;
    }
    if (established && records.hasUnsent() && (events & ~IOLoop.READ) != 0) {
      sendUnsent();
    }
    int left = events;
    if (callbackQueued || records.answering()) {
      left &= ~IOLoop.READ; // The queued callback reads, with the next ration.
    }
    if (left != 0) {
      callHandler(established ? left : IOLoop.WRITE);
    }
  }

  private void sendUnsent() {
    boolean answered = records.answering();
    try {
      records.flush();
    } catch (IOException e) {
      sendFailure = e;
      records.drop();
    }
    if ((watched & IOLoop.WRITE) == 0) {
      watchLower();
    }
    if (answered && !records.answering()) {
      continueLater();
    }
  }

  /** Calls the handler with one ration of records to read and one to write. */
  private void callHandler(int events) {
    if (handler != null && !closed) {
      if (!callbackQueued) {
        records.newRation();
      }
      records.beginWriteRation();
      try {
        handler.ready(events);
      } finally {
        records.endWriteRation();
      }
    }
  }

  // The handshake

  @Override
  public boolean finishConnect() throws IOException {
    throwFailure();
    if (!lowerConnected) {
      if (!lower.finishConnect()) {
        return false;
      }
      lowerConnected = true;
      engine.beginHandshake();
    }
    if (!established && !computing) {
      try {
        established = handshake();
      } catch (SSLException e) {
        sendAlert();
        throw e;
      }
      if (established) {
        records.establish();
        endLimit();
      }
    }
    watchLower();
    continueLater();
    return established;
  }

  private void endLimit() {
    if (limit != null) {
      loop.removeTimeout(limit);
      limit = null;
    }
  }

  /** Continues the handshake until it is done or must wait; returns whether it is done. */
  private boolean handshake() throws IOException {
    while (true) {
      handshakeReads = false;
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> {
          compute();
          return false;
        }
        case NEED_WRAP -> records.wrapOwn();
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          // Receive even if not everything is sent: the peer may be waiting in the same way.
          records.flush();
          throwIfPeerHasClosed();
          if (!records.unwrap(TlsPackets.NONE) && isUnwrapNeeded()) {
            handshakeReads = true;
            return false;
          }
        }
        default -> {
          throwIfPeerHasClosed();
          records.flush(); // The rest is sent later; the peer may not be reading yet.
          return true;
        }
      }
    }
  }

  private void throwIfPeerHasClosed() throws SSLException {
    if (records.inputEnded()) {
      throw new SSLException("the peer closed the connection during the TLS handshake");
    }
  }

  /**
   * Returns whether the engine still needs input. Some engines notice that they are done only by
   * unwrapping without input.
   */
  private boolean isUnwrapNeeded() {
    HandshakeStatus status = engine.getHandshakeStatus();
    return status == HandshakeStatus.NEED_UNWRAP || status == HandshakeStatus.NEED_UNWRAP_AGAIN;
  }

  /** Runs the engine's expensive tasks on the executor, and continues when they are done. */
  private void compute() {
    computing = true;
    Future<@Nullable Void> done =
        loop.runInExecutor(
            () -> {
              Runnable task;
              while ((task = engine.getDelegatedTask()) != null) {
                task.run();
              }
            });
    loop.addFuture(
        done,
        ended -> {
          computing = false;
          Throwable thrown = ended.exception();
          if (thrown != null) {
            failure = new SSLException("a TLS computation failed", thrown);
          }
          callHandler(IOLoop.WRITE);
        });
  }

  /** Sends the alert that tells the peer why, as far as that is possible at once. */
  private void sendAlert() {
    try {
      while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && records.flush()) {
        records.wrapOwn();
      }
      records.flush();
    } catch (IOException e) {
      // The connection is failing anyway.
    }
  }

  // Reading

  @Override
  public int read(ByteBuffer target) throws IOException {
    throwFailure();
    int before = target.position();
    while (target.hasRemaining()) {
      if (records.hasDecrypted()) {
        records.takeDecrypted(target);
      } else if (records.inputEnded()) {
        if (target.position() == before) {
          return -1;
        }
        break; // The next read reports the end.
      } else {
        try {
          if (!records.unwrap(target)) {
            break;
          }
        } catch (IOException e) {
          if (target.position() == before) {
            throw e;
          }
          failure = e; // Thrown by the next read, after the data before it.
          break;
        }
      }
    }
    if (records.answering()) {
      watchLower();
    }
    continueLater();
    return target.position() - before;
  }

  // Writing

  @Override
  public long write(ByteBuffer[] sources, int from, int to) throws IOException {
    throwFailure();
    throwSendFailure();
    return records.write(sources, from, to);
  }

  @Override
  public boolean flush() throws IOException {
    throwSendFailure();
    return records.flush();
  }

  // Watching

  @Override
  public void watch(int events) {
    watched = events;
    if (!closed) {
      watchLower();
      continueLater();
    }
  }

  private void watchLower() {
    int send = records.hasUnsent() ? IOLoop.WRITE : 0;
    int events;
    if (!lowerConnected) {
      events = IOLoop.WRITE;
    } else if (established) {
      events = (records.answering() ? watched & ~IOLoop.READ : watched) | send;
    } else if (computing) {
      events = 0;
    } else {
      events = (handshakeReads ? IOLoop.READ : 0) | send;
    }
    lower.watch(events);
  }

  /**
   * Schedules a callback for data (or the end) that is buffered here, because it will not make the
   * socket readable again.
   */
  private void continueLater() {
    if (!callbackQueued && !closed && canContinue()) {
      callbackQueued = true;
      loop.addCallback(
          () -> {
            callbackQueued = false;
            if (canContinue()) {
              callHandler(established ? IOLoop.READ : IOLoop.WRITE);
            }
          });
    }
  }

  /** Returns whether the stream can continue without an event of the lower transport. */
  private boolean canContinue() {
    return established
        ? (watched & IOLoop.READ) != 0 && (failure != null || records.hasInput())
        : handshakeReads && !computing && records.hasInput();
  }

  // The end

  @Override
  public void shutdownOutput() throws IOException {
    throwSendFailure();
    records.wrapEnd();
    records.flush();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    watched = 0;
    endLimit();
    records.dropInput();
    if (!sendCloseNotify()) {
      lingerForCloseNotify();
    } else {
      closeLower();
    }
  }

  /** Sends close_notify; returns false if the lower transport does not accept all of it now. */
  private boolean sendCloseNotify() {
    if (!established || records.lowerEnded() || sendFailure != null) {
      return true;
    }
    try {
      records.wrapEnd();
      return records.flush();
    } catch (IOException e) {
      return true;
    }
  }

  private void lingerForCloseNotify() {
    if (!loop.running()) {
      closeLower();
      return;
    }
    Timeout patience = loop.callLater(CLOSE_LIMIT, this::closeLower);
    lower.start(
        events -> {
          if (sendCloseNotify()) {
            loop.removeTimeout(patience);
            closeLower();
          }
        });
    lower.watch(IOLoop.WRITE);
  }

  private void closeLower() {
    records.drop();
    lower.close();
  }

  private void throwFailure() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  private void throwSendFailure() throws IOException {
    if (sendFailure != null) {
      throw sendFailure;
    }
  }

  @Override
  public @Nullable SocketAddress localAddress() {
    return lower.localAddress();
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return lower.remoteAddress();
  }

  @Override
  public void setNodelay(boolean nodelay) throws IOException {
    lower.setNodelay(nodelay);
  }
}
