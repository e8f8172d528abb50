package dev.ioloop.net;

import dev.ioloop.spi.StreamTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/**
 * The records of one TLS connection: those that were received and not decrypted, what was decrypted
 * and not read, and those that were not sent.
 *
 * <p>Decryption is rationed by what the peer makes us do, not by what comes of it: {@link
 * #RATION_RECORDS} records or {@link #RATION_BYTES} bytes of ciphertext, until {@link #newRation}.
 * While an answer that the engine itself has produced is unsent, nothing more is decrypted, so
 * answers cannot pile up.
 */
final class TlsRecords {
  private static final int RATION_RECORDS = 16;
  private static final int RATION_BYTES = 64 << 10;

  /** The most plaintext bytes in a record. */
  private static final int MAX_PLAIN = 16 << 10;

  /** How many bytes are received at first in a handshake. */
  private static final int FIRST_ROOM = 512;

  /** How many key updates are accepted without data between them. BoringSSL has the same limit. */
  private static final int MAX_KEY_UPDATES = 32;

  private static final ByteBuffer[] NOTHING = {TlsPackets.NONE};

  private final SSLEngine engine;
  private final StreamTransport lower;

  /** Received and not decrypted, from position to limit. NONE while empty. */
  private ByteBuffer encrypted = TlsPackets.NONE;

  /** Decrypted and not read, from position to limit. NONE while empty. */
  private ByteBuffer decrypted = TlsPackets.NONE;

  /** Encrypted and not sent, from position to limit. NONE while empty. */
  private ByteBuffer unsent = TlsPackets.NONE;

  private final ByteBuffer[] sending = new ByteBuffer[1];

  // What was decrypted since the last ration began.
  private int records;
  private int bytes;

  /** What may be encrypted until {@link #endOfTurn}; below zero, no limit for the turn is set. */
  private long writeRation = -1;

  private int keyUpdates;

  /** Whether the handshake is done. */
  private boolean established;

  /** Whether {@link #encrypted} has no whole record. */
  private boolean starved;

  /** Whether {@link #unsent} has an answer of the engine's. */
  private boolean answering;

  private boolean inputEnded;
  private boolean lowerEnded;

  TlsRecords(SSLEngine engine, StreamTransport lower) {
    this.engine = engine;
    this.lower = lower;
  }

  void establish() {
    established = true;
  }

  /** Returns whether the peer has sent close_notify. */
  boolean inputEnded() {
    return inputEnded || engine.isInboundDone();
  }

  /** Returns whether the peer has ended without close_notify. */
  boolean lowerEnded() {
    return lowerEnded;
  }

  /** Returns whether reading can go on without receiving more. */
  boolean hasInput() {
    return decrypted.hasRemaining()
        || inputEnded()
        || encrypted.hasRemaining() && !starved && !answering;
  }

  boolean hasUnsent() {
    return unsent.hasRemaining();
  }

  /** Returns whether reading has to wait until an answer is sent. */
  boolean answering() {
    return answering;
  }

  /** Allows the next ration of records to be decrypted. */
  void newRation() {
    records = 0;
    bytes = 0;
  }

  /** Allows one ration to be encrypted until {@link #endOfTurn}. */
  void beginTurn() {
    writeRation = RATION_BYTES;
  }

  void endOfTurn() {
    writeRation = -1;
  }

  // Receiving

  /** Moves what is decrypted already to {@code target}. */
  void takeDecrypted(ByteBuffer target) {
    int count = Math.min(decrypted.remaining(), target.remaining());
    target.put(target.position(), decrypted, decrypted.position(), count);
    target.position(target.position() + count);
    decrypted.position(decrypted.position() + count);
    if (!decrypted.hasRemaining()) {
      decrypted = TlsPackets.release(decrypted);
    }
  }

  boolean hasDecrypted() {
    return decrypted.hasRemaining();
  }

  /**
   * Decrypts one record, into {@code target} where it has room for any, and does what the engine
   * asks for then. False if that has to wait: for more to be received, for an answer to be sent, or
   * for the next ration.
   */
  boolean unwrap(ByteBuffer target) throws IOException {
    if (answering || records >= RATION_RECORDS || bytes >= RATION_BYTES) {
      return false;
    }
    // In a handshake, some engines find out that they are done by looking for more in vain.
    if (established && !encrypted.hasRemaining() && !receive()) {
      return false;
    }
    while (true) {
      boolean direct = target.remaining() >= recordSize();
      ByteBuffer into = direct ? target : TlsPackets.take(recordSize());
      SSLEngineResult result;
      try {
        result = engine.unwrap(encrypted, into);
      } finally {
        if (!direct) {
          decrypted = filled(into);
        }
      }
      bytes += result.bytesConsumed();
      if (!encrypted.hasRemaining()) {
        encrypted = TlsPackets.release(encrypted);
      }
      switch (status(result)) {
        case BUFFER_UNDERFLOW -> {
          if (!receive()) {
            return false;
          }
        }
        case BUFFER_OVERFLOW -> throw tooLarge();
        default -> {
          records++;
          inputEnded |= status(result) == Status.CLOSED;
          throwIfUnusable(result); // The last look of a handshake may take what comes behind it.
          if (established) {
            countKeyUpdates(result);
            answer(result);
          }
          return true;
        }
      }
    }
  }

  /**
   * Returns what a result says of the input. Netty's engines call all closed once the output is.
   */
  private Status status(SSLEngineResult result) {
    Status status = result.getStatus();
    if (status != Status.CLOSED || !established || engine.isInboundDone()) {
      return status;
    }
    boolean nothing = result.bytesConsumed() == 0 && result.bytesProduced() == 0;
    return nothing ? Status.BUFFER_UNDERFLOW : Status.OK;
  }

  /** Returns the room for what is in one record. Some engines want as much as it had encrypted. */
  private int recordSize() {
    SSLSession session = engine.getSession();
    return Math.max(session.getApplicationBufferSize(), session.getPacketBufferSize());
  }

  /** Receives more; false if nothing is there. */
  private boolean receive() throws IOException {
    makeRoomToReceive();
    int position = beginAppending(encrypted);
    int count;
    try {
      count = lower.read(encrypted);
    } finally {
      encrypted = appended(encrypted, position);
    }
    starved = count <= 0;
    if (count < 0) {
      lowerEnded = true;
      throw new SSLException(
          established
              ? "the peer has ended without close_notify: what was received may be incomplete"
              : "the peer has ended in the TLS handshake");
    }
    return count > 0;
  }

  /**
   * Sends the alert about a record that cannot be used. Most engines throw when they get one, and
   * have the alert sent when they end; those of BoringSSL only ask, in the result and nowhere else,
   * for something to be sent, and tell nobody why.
   */
  private void throwIfUnusable(SSLEngineResult result) throws IOException {
    if (result.getStatus() == Status.OK
        && result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
        && engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
      wrapOwn();
      flush();
      throw new SSLException(
          "the peer has sent a record that cannot be used: damaged, not encrypted, or a key update or"
              + " handshake too many");
    }
  }

  /**
   * Makes room for one record. In a handshake, when nobody knows the peer yet, it grows with what
   * has come, so that connections that say little cost little.
   */
  private void makeRoomToReceive() throws SSLException {
    int size = engine.getSession().getPacketBufferSize();
    int held = encrypted.remaining();
    if (established) {
      encrypted = withRoom(encrypted, held < size ? size - held : held);
    } else if (encrypted.limit() == encrypted.capacity()) {
      ByteBuffer larger = ByteBuffer.allocate(Math.max(FIRST_ROOM, 2 * held));
      encrypted = larger.put(encrypted).flip();
    }
  }

  /** A record without data that the engine took for a message of its own: a key, or a ticket. */
  private void countKeyUpdates(SSLEngineResult result) throws SSLException {
    if (result.bytesProduced() > 0) {
      keyUpdates = 0;
    } else if (result.getStatus() == Status.OK
        && result.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING
        && ++keyUpdates > MAX_KEY_UPDATES) {
      throw new SSLException(
          "the peer has sent more than " + MAX_KEY_UPDATES + " key updates without data between");
    }
  }

  /** Does what the engine wants after the handshake; refuses a second one. */
  private void answer(SSLEngineResult result) throws IOException {
    HandshakeStatus wanted = result.getHandshakeStatus();
    boolean renegotiates =
        wanted != HandshakeStatus.NOT_HANDSHAKING
            && wanted != HandshakeStatus.FINISHED
            && !engine.getSession().getProtocol().equals("TLSv1.3")
            && !inputEnded()
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
        wrapOwn();
        answering = !flush();
      } catch (IOException e) {
        if (!inputEnded()) {
          throw e;
        }
        drop(); // The peer has said goodbye, and need not hear ours.
      }
    }
  }

  // Sending

  /** As {@link StreamTransport#write}: one ration at most. */
  long write(ByteBuffer[] sources, int from, int to) throws IOException {
    boolean inTurn = writeRation >= 0;
    long ration = inTurn ? writeRation : RATION_BYTES;
    long taken = 0;
    int first = from;
    while (taken < ration) {
      while (first < to && !sources[first].hasRemaining()) {
        first++;
      }
      if (first == to || !flush()) {
        break;
      }
      long size = 0;
      int last = first;
      while (last < to && size < MAX_PLAIN) {
        size += sources[last++].remaining();
      }
      SSLEngineResult result = wrap(sources, first, last);
      if (result.getStatus() == Status.CLOSED) {
        throw new SSLException(
            "the peer has sent close_notify, which ends both directions in TLS 1.2, and with some"
                + " TLS providers always");
      }
      if (result.bytesConsumed() == 0) {
        break;
      }
      taken += result.bytesConsumed();
    }
    if (inTurn) {
      writeRation = Math.max(0, ration - taken);
    }
    return taken;
  }

  /** Encrypts what the engine itself has to say, behind what is unsent. */
  void wrapOwn() throws SSLException {
    wrap(NOTHING, 0, 1);
  }

  /** Encrypts close_notify, behind what is unsent. */
  void wrapEnd() throws SSLException {
    engine.closeOutbound();
    while (!engine.isOutboundDone() && wrap(NOTHING, 0, 1).bytesProduced() > 0) {
      // An answer may stand before it.
    }
  }

  private SSLEngineResult wrap(ByteBuffer[] sources, int from, int to) throws SSLException {
    unsent = withRoom(unsent, engine.getSession().getPacketBufferSize());
    int position = beginAppending(unsent);
    SSLEngineResult result;
    try {
      result = engine.wrap(sources, from, to - from, unsent);
    } finally {
      unsent = appended(unsent, position);
    }
    if (result.getStatus() == Status.BUFFER_OVERFLOW) {
      throw tooLarge();
    }
    return result;
  }

  /** Sends what is unsent; false if the lower transport does not take all of it now. */
  boolean flush() throws IOException {
    while (unsent.hasRemaining()) {
      sending[0] = unsent;
      if (lower.write(sending, 0, 1) == 0) {
        return false;
      }
    }
    drop();
    return lower.flush();
  }

  /** Forgets what is unsent. */
  void drop() {
    unsent = TlsPackets.release(unsent);
    answering = false;
  }

  /** Gives back all that was received. */
  void dropInput() {
    encrypted = TlsPackets.release(encrypted);
    decrypted = TlsPackets.release(decrypted);
  }

  private static SSLException tooLarge() {
    return new SSLException("a TLS record is larger than the session allows");
  }

  // Buffers

  /** Returns {@code buffer}, or another one in its place, with room behind its limit. */
  private static ByteBuffer withRoom(ByteBuffer buffer, int room) throws SSLException {
    if (buffer.capacity() - buffer.limit() >= room) {
      return buffer;
    }
    if (buffer.capacity() - buffer.remaining() >= room) {
      return buffer.compact().flip();
    }
    ByteBuffer larger = TlsPackets.take(buffer.remaining() + room);
    larger.put(buffer).flip();
    TlsPackets.release(buffer);
    return larger;
  }

  /** Makes the room behind what {@code buffer} holds its remaining part. */
  private static int beginAppending(ByteBuffer buffer) {
    int position = buffer.position();
    buffer.position(buffer.limit()).limit(buffer.capacity());
    return position;
  }

  private static ByteBuffer appended(ByteBuffer buffer, int position) {
    buffer.limit(buffer.position()).position(position);
    return buffer.hasRemaining() ? buffer : TlsPackets.release(buffer);
  }

  private static ByteBuffer filled(ByteBuffer buffer) {
    buffer.flip();
    return buffer.hasRemaining() ? buffer : TlsPackets.release(buffer);
  }
}
