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
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * TLS over another transport, by the JDK's {@link SSLEngine}: one code for all backends. Long
 * computations of a handshake run on the loop's executor.
 *
 * <p>What waits for what: a handshake waits for the one thing that the engine needs next, whatever
 * the stream watches. After it, reading waits for the lower transport to be readable and writing
 * for it to be writable; an answer that the engine itself wants to send (to a key update) is
 * written in passing.
 */
final class TlsTransport implements StreamTransport {
  private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(10);

  /** How long a close_notify may wait behind what the peer has not taken yet. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

  private final IOLoop loop;
  private final StreamTransport lower;
  private final SSLEngine engine;
  private @Nullable ReadyHandler handler;
  private @Nullable Timeout limit;

  /** Encrypted, received and not decrypted; from position to limit. NONE while empty. */
  private ByteBuffer encrypted = TlsPackets.NONE;

  /** Decrypted and not read, from position to limit. NONE while empty. */
  private ByteBuffer decrypted = TlsPackets.NONE;

  /** Encrypted and not sent, from position to limit. NONE while empty. */
  private ByteBuffer unsent = TlsPackets.NONE;

  private int watched;
  private boolean lowerConnected;
  private boolean established;
  private boolean computing;
  private boolean handshakeReads;
  private boolean lowerEnded;
  private boolean inboundClosed;
  private boolean told;
  private boolean closed;

  /** What the next attempt to do something throws. */
  private @Nullable IOException failure;

  TlsTransport(IOLoop loop, StreamTransport lower, SSLEngine engine) {
    this.loop = loop;
    this.lower = lower;
    this.engine = engine;
  }

  @Override
  public void start(ReadyHandler handler) {
    this.handler = handler;
    lower.start(this::lowerReady);
    if (!established) {
      limit = loop.callLater(HANDSHAKE_LIMIT, this::handshakeIsTooLate);
    }
  }

  private void handshakeIsTooLate() {
    limit = null;
    failure = new SSLException("the TLS handshake took longer than " + HANDSHAKE_LIMIT);
    tell(IOLoop.WRITE);
  }

  private void lowerReady(int events) {
    if (closed) {
      return;
    }
    if (established && unsent.hasRemaining() && (events & ~IOLoop.READ) != 0) {
      try {
        flush();
        if ((watched & IOLoop.WRITE) == 0) {
          watchLower();
        }
      } catch (IOException e) {
        failure = e;
      }
    }
    tell(established ? events : IOLoop.WRITE);
  }

  private void tell(int events) {
    if (handler != null && !closed) {
      handler.ready(events);
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
      if (established && limit != null) {
        loop.removeTimeout(limit);
        limit = null;
      }
    }
    watchLower();
    return established;
  }

  /** Goes on until the handshake is done or has to wait. */
  private boolean handshake() throws IOException {
    while (true) {
      handshakeReads = false;
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> {
          compute();
          return false;
        }
        case NEED_WRAP -> wrap(new ByteBuffer[] {TlsPackets.NONE}, 0, 1);
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          // Receives though not all is sent: the peer may do the same.
          flush();
          if (!unwrap(TlsPackets.NONE) && isUnwrapNeeded()) {
            handshakeReads = true;
            return false;
          }
        }
        default -> {
          if (inboundClosed || engine.isInboundDone()) {
            throw new SSLException("the peer has closed the connection in the TLS handshake");
          }
          flush(); // What is left goes out in passing; the peer may not read yet.
          return true;
        }
      }
    }
  }

  /** Some engines find out that they are done by looking for more in vain. */
  private boolean isUnwrapNeeded() {
    HandshakeStatus status = engine.getHandshakeStatus();
    return status == HandshakeStatus.NEED_UNWRAP || status == HandshakeStatus.NEED_UNWRAP_AGAIN;
  }

  /** Has the executor do what takes long, and goes on when that is done. */
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
          tell(IOLoop.WRITE);
        });
  }

  /** Tells the peer why, as far as that is possible at once. */
  private void sendAlert() {
    try {
      while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && flush()) {
        wrap(new ByteBuffer[] {TlsPackets.NONE}, 0, 1);
      }
      flush();
    } catch (IOException e) {
      // It has no use any more.
    }
  }

  // Reading

  @Override
  public int read(ByteBuffer target) throws IOException {
    throwFailure();
    int before = target.position();
    while (target.hasRemaining()) {
      if (decrypted.hasRemaining()) {
        int count = Math.min(decrypted.remaining(), target.remaining());
        target.put(target.position(), decrypted, decrypted.position(), count);
        target.position(target.position() + count);
        decrypted.position(decrypted.position() + count);
        if (!decrypted.hasRemaining()) {
          decrypted = TlsPackets.release(decrypted);
        }
      } else if (inboundClosed || engine.isInboundDone()) {
        int count = target.position() - before;
        return count > 0 ? count : -1;
      } else {
        try {
          if (!unwrap(target)) {
            break;
          }
        } catch (IOException e) {
          if (target.position() == before) {
            throw e;
          }
          failure = e; // after what came before it
          break;
        }
      }
    }
    tellWhatIsHeld();
    return target.position() - before;
  }

  /**
   * Decrypts one record, into {@code target} where it has room for any, and does what the engine
   * asks for then. False if more has to be received first.
   */
  private boolean unwrap(ByteBuffer target) throws IOException {
    while (true) {
      boolean direct = target.remaining() >= recordSize();
      ByteBuffer into = direct ? target : decryptedRoom();
      SSLEngineResult result;
      try {
        result = engine.unwrap(encrypted, into);
      } finally {
        if (!direct) {
          decrypted = filled(into);
        }
      }
      if (!encrypted.hasRemaining()) {
        encrypted = TlsPackets.release(encrypted);
      }
      switch (result.getStatus()) {
        case BUFFER_UNDERFLOW -> {
          if (!receive()) {
            return false;
          }
        }
        case BUFFER_OVERFLOW ->
            throw new SSLException("a TLS record is larger than the session allows");
        default -> {
          inboundClosed |= result.getStatus() == SSLEngineResult.Status.CLOSED;
          if (established) {
            answer(result);
          }
          return true;
        }
      }
    }
  }

  private ByteBuffer decryptedRoom() {
    return TlsPackets.take(recordSize());
  }

  /** Returns the room for what is in one record. Some engines want as much as it had encrypted. */
  private int recordSize() {
    SSLSession session = engine.getSession();
    return Math.max(session.getApplicationBufferSize(), session.getPacketBufferSize());
  }

  private static ByteBuffer filled(ByteBuffer buffer) {
    buffer.flip();
    return buffer.hasRemaining() ? buffer : TlsPackets.release(buffer);
  }

  /** Receives more; false if nothing is there. */
  private boolean receive() throws IOException {
    int size = engine.getSession().getPacketBufferSize();
    ByteBuffer room = TlsPackets.take(Math.max(size, encrypted.remaining() * 2));
    room.put(encrypted);
    TlsPackets.release(encrypted);
    int count;
    try {
      count = lower.read(room);
    } finally {
      encrypted = filled(room);
    }
    if (count < 0) {
      lowerEnded = true;
      throw new SSLException(
          established
              ? "the peer has ended without close_notify: what was received may be incomplete"
              : "the peer has ended in the TLS handshake");
    }
    return count > 0;
  }

  /** Does what the engine wants after the handshake; refuses a second one. */
  private void answer(SSLEngineResult result) throws IOException {
    HandshakeStatus wanted = result.getHandshakeStatus();
    boolean renegotiates =
        wanted != HandshakeStatus.NOT_HANDSHAKING
            && wanted != HandshakeStatus.FINISHED
            && !engine.getSession().getProtocol().equals("TLSv1.3")
            && !inboundClosed
            && !engine.isInboundDone()
            && !engine.isOutboundDone();
    if (renegotiates) {
      throw new SSLException("the peer wants to renegotiate, which is refused");
    }
    while (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
      Runnable task;
      while ((task = engine.getDelegatedTask()) != null) {
        task.run(); // Short: a ticket, or a new key.
      }
    }
    if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      try {
        wrap(new ByteBuffer[] {TlsPackets.NONE}, 0, 1);
        if (!flush()) {
          watchLower();
        }
      } catch (IOException e) {
        if (!inboundClosed) {
          throw e;
        }
        unsent = TlsPackets.release(unsent); // The peer has said goodbye, and need not hear ours.
      }
    }
  }

  // Writing

  @Override
  public long write(ByteBuffer[] sources, int from, int to) throws IOException {
    throwFailure();
    long taken = 0;
    while (hasRemaining(sources, from, to) && flush()) {
      int count = wrap(sources, from, to);
      if (count == 0) {
        break;
      }
      taken += count;
    }
    return taken;
  }

  /** Encrypts one record of what there is, which may be nothing, behind what is unsent. */
  private int wrap(ByteBuffer[] sources, int from, int to) throws SSLException {
    ByteBuffer room =
        TlsPackets.take(unsent.remaining() + engine.getSession().getPacketBufferSize());
    room.put(unsent);
    TlsPackets.release(unsent);
    SSLEngineResult result;
    try {
      result = engine.wrap(sources, from, to - from, room);
    } finally {
      unsent = filled(room);
    }
    return result.bytesConsumed();
  }

  private static boolean hasRemaining(ByteBuffer[] sources, int from, int to) {
    for (int i = from; i < to; i++) {
      if (sources[i].hasRemaining()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean flush() throws IOException {
    while (unsent.hasRemaining()) {
      if (lower.write(new ByteBuffer[] {unsent}, 0, 1) == 0) {
        return false;
      }
    }
    unsent = TlsPackets.release(unsent);
    return lower.flush();
  }

  // Watching

  @Override
  public void watch(int events) {
    watched = events;
    if (!closed) {
      watchLower();
      tellWhatIsHeld();
    }
  }

  private void watchLower() {
    int events;
    if (!lowerConnected) {
      events = IOLoop.WRITE;
    } else if (established) {
      events = watched | (unsent.hasRemaining() ? IOLoop.WRITE : 0);
    } else if (computing) {
      events = 0;
    } else {
      events = (handshakeReads ? IOLoop.READ : 0) | (unsent.hasRemaining() ? IOLoop.WRITE : 0);
    }
    lower.watch(events);
  }

  /** Bytes that are here already, or the end, make no socket readable. */
  private void tellWhatIsHeld() {
    boolean held =
        decrypted.hasRemaining() || encrypted.hasRemaining() || inboundClosed || failure != null;
    if (established && held && !closed && (watched & IOLoop.READ) != 0 && !told) {
      told = true;
      loop.addCallback(
          () -> {
            told = false;
            if ((watched & IOLoop.READ) != 0) {
              tell(IOLoop.READ);
            }
          });
    }
  }

  // The end

  @Override
  public void shutdownOutput() throws IOException {
    engine.closeOutbound();
    if (flush()) {
      wrap(new ByteBuffer[] {TlsPackets.NONE}, 0, 1);
      flush();
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    watched = 0;
    if (limit != null) {
      loop.removeTimeout(limit);
      limit = null;
    }
    encrypted = TlsPackets.release(encrypted);
    decrypted = TlsPackets.release(decrypted);
    if (!sayGoodbye()) {
      lingerForGoodbye();
    } else {
      closeLower();
    }
  }

  /** Sends close_notify; false if the lower transport does not take all of it now. */
  private boolean sayGoodbye() {
    if (!established || lowerEnded) {
      return true;
    }
    try {
      if (!engine.isOutboundDone()) {
        engine.closeOutbound();
        if (!flush()) {
          return false;
        }
        wrap(new ByteBuffer[] {TlsPackets.NONE}, 0, 1);
      }
      return flush();
    } catch (IOException e) {
      return true;
    }
  }

  private void lingerForGoodbye() {
    if (!loop.running()) {
      closeLower();
      return;
    }
    Timeout patience = loop.callLater(CLOSE_LIMIT, this::closeLower);
    lower.start(
        events -> {
          if (sayGoodbye()) {
            loop.removeTimeout(patience);
            closeLower();
          }
        });
    lower.watch(IOLoop.WRITE);
  }

  private void closeLower() {
    unsent = TlsPackets.release(unsent);
    lower.close();
  }

  private void throwFailure() throws IOException {
    if (failure != null) {
      throw failure;
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
