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
 * The buffered records of one TLS connection: received but not decrypted, decrypted but not read,
 * and encrypted but not sent.
 *
 * <p>Decryption is rationed by the work that the peer causes, not by the plaintext it yields:
 * {@link #RATION_RECORDS} records or {@link #RATION_BYTES} bytes of ciphertext, until {@link
 * #newRation}. Nothing is decrypted while an answer of the engine is unsent, so answers cannot pile
 * up.
 */
final class TlsRecords {
  private static final int RATION_RECORDS = 16;
  private static final int RATION_BYTES = 64 << 10;

  /** The maximum number of plaintext bytes in a record. */
  private static final int MAX_PLAIN = 16 << 10;

  /** The initial receive buffer of a handshake, in bytes. */
  private static final int FIRST_ROOM = 512;

  /** How many key updates are accepted without data in between. BoringSSL has the same limit. */
  private static final int MAX_KEY_UPDATES = 32;

  private static final ByteBuffer[] NOTHING = {TlsPackets.NONE};

  private final SSLEngine engine;
  private final StreamTransport lower;
  private final TlsPackets packets;

  /** Received but not decrypted, from position to limit. NONE while empty. */
  private ByteBuffer encrypted = TlsPackets.NONE;

  /** Decrypted but not read, from position to limit. NONE while empty. */
  private ByteBuffer decrypted = TlsPackets.NONE;

  /** Encrypted but not sent, from position to limit. NONE while empty. */
  private ByteBuffer unsent = TlsPackets.NONE;

  private final ByteBuffer[] sending = new ByteBuffer[1];

  // Decrypted in the current ration.
  private int records;
  private int bytes;

  /** How many bytes may be encrypted until {@link #endWriteRation}; negative outside of that. */
  private long writeRation = -1;

  private int keyUpdates;

  /** Whether the handshake is done. */
  private boolean established;

  /** Whether {@link #encrypted} holds no complete record. */
  private boolean starved;

  /** Whether {@link #unsent} holds an answer of the engine. */
  private boolean answering;

  private boolean inputEnded;
  private boolean lowerEnded;

  TlsRecords(SSLEngine engine, StreamTransport lower, TlsPackets packets) {
    this.engine = engine;
    this.lower = lower;
    this.packets = packets;
  }

  void establish() {
    established = true;
  }

  /** Returns whether the peer has sent close_notify. */
  boolean inputEnded() {
    return inputEnded || engine.isInboundDone();
  }

  /** Returns whether the peer has ended its output without close_notify. */
  boolean lowerEnded() {
    return lowerEnded;
  }

  /** Returns whether reading can continue without receiving more. */
  boolean hasInput() {
    return decrypted.hasRemaining()
        || inputEnded()
        || encrypted.hasRemaining() && !starved && !answering;
  }

  boolean hasUnsent() {
    return unsent.hasRemaining();
  }

  /** Returns whether reading must wait until an answer is sent. */
  boolean answering() {
    return answering;
  }

  /** Allows the next ration of records to be decrypted. */
  void newRation() {
    records = 0;
    bytes = 0;
  }

  /** Allows one ration to be encrypted until {@link #endWriteRation}. */
  void beginWriteRation() {
    writeRation = RATION_BYTES;
  }

  void endWriteRation() {
    writeRation = -1;
  }

  // Receiving

  /** Moves decrypted bytes to {@code target}. */
  void takeDecrypted(ByteBuffer target) {
    int count = Math.min(decrypted.remaining(), target.remaining());
    target.put(target.position(), decrypted, decrypted.position(), count);
    target.position(target.position() + count);
    decrypted.position(decrypted.position() + count);
    if (!decrypted.hasRemaining()) {
      decrypted = packets.release(decrypted);
    }
  }

  boolean hasDecrypted() {
    return decrypted.hasRemaining();
  }

  /**
   * Decrypts one record, directly into {@code target} if any record fits there, and then does what
   * the engine asks for. Returns false if that must wait for more input, for an answer to be sent,
   * or for the next ration.
   */
  boolean unwrap(ByteBuffer target) throws IOException {
    if (answering || records >= RATION_RECORDS || bytes >= RATION_BYTES) {
      return false;
    }
    // In a handshake some engines notice that they are done only by unwrapping without input.
    if (established && !encrypted.hasRemaining() && !receive()) {
      return false;
    }
    while (true) {
      boolean direct = target.remaining() >= recordSize();
      ByteBuffer into = direct ? target : packets.take(recordSize());
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
        encrypted = packets.release(encrypted);
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
          // The last unwrap of a handshake may consume a record that follows it.
          throwIfUnusable(result);
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
   * Returns the status of the input. Netty's engines report CLOSED for both directions once the
   * output is closed.
   */
  private Status status(SSLEngineResult result) {
    Status status = result.getStatus();
    if (status != Status.CLOSED || !established || engine.isInboundDone()) {
      return status;
    }
    boolean nothing = result.bytesConsumed() == 0 && result.bytesProduced() == 0;
    return nothing ? Status.BUFFER_UNDERFLOW : Status.OK;
  }

  /**
   * Returns the room that one decrypted record needs. Some engines want as much as the encrypted
   * record has.
   */
  private int recordSize() {
    SSLSession session = engine.getSession();
    return Math.max(session.getApplicationBufferSize(), session.getPacketBufferSize());
  }

  /** Receives more; returns false if no bytes are available. */
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
              ? "the peer ended the connection without close_notify; data may be missing"
              : "the peer ended the connection during the TLS handshake");
    }
    return count > 0;
  }

  /**
   * Sends the alert for an unusable record. Most engines throw on such a record, and the alert is
   * sent when they are closed. BoringSSL's engines only ask for a wrap, in this result and nowhere
   * else, and give no reason.
   */
  private void throwIfUnusable(SSLEngineResult result) throws IOException {
    if (result.getStatus() == Status.OK
        && result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
        && engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
      wrapOwn();
      flush();
      throw new SSLException(
          "the peer sent an unusable record: damaged, not encrypted, or one key update or handshake"
              + " too many");
    }
  }

  /**
   * Makes room for one record. In a handshake the peer is not yet trusted, so the buffer grows with
   * what arrives: connections that send little cost little.
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

  /**
   * Counts records without data that the engine has processed itself: a key update or a session
   * ticket.
   */
  private void countKeyUpdates(SSLEngineResult result) throws SSLException {
    if (result.bytesProduced() > 0) {
      keyUpdates = 0;
    } else if (result.getStatus() == Status.OK
        && result.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING
        && ++keyUpdates > MAX_KEY_UPDATES) {
      throw new SSLException(
          "the peer sent more than " + MAX_KEY_UPDATES + " key updates without data in between");
    }
  }

  /** Does what the engine asks for after the handshake; refuses a renegotiation. */
  private void answer(SSLEngineResult result) throws IOException {
    HandshakeStatus wanted = result.getHandshakeStatus();
    boolean renegotiates =
        wanted != HandshakeStatus.NOT_HANDSHAKING
            && wanted != HandshakeStatus.FINISHED
            && !engine.getSession().getProtocol().equals("TLSv1.3")
            && !inputEnded()
            && !engine.isOutboundDone();
    if (renegotiates) {
      throw new SSLException("the peer asked to renegotiate, which is refused");
    }
    while (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
      Runnable task;
      while ((task = engine.getDelegatedTask()) != null) {
        task.run(); // Short work: a session ticket or a new key.
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
        drop(); // The peer has sent close_notify and need not receive ours.
      }
    }
  }

  // Sending

  /** As {@link StreamTransport#write}, limited to one ration. */
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
            "the peer sent close_notify, which ends both directions in TLS 1.2, and with some TLS"
                + " providers in every version");
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

  /** Appends what the engine itself wants to send to the unsent bytes. */
  void wrapOwn() throws SSLException {
    wrap(NOTHING, 0, 1);
  }

  /** Appends close_notify to the unsent bytes. */
  void wrapEnd() throws SSLException {
    engine.closeOutbound();
    while (!engine.isOutboundDone() && wrap(NOTHING, 0, 1).bytesProduced() > 0) {
      // An answer may come before it.
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

  /**
   * Sends the unsent bytes; returns false if the lower transport does not accept all of them now.
   */
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

  /** Discards the unsent bytes. */
  void drop() {
    unsent = packets.release(unsent);
    answering = false;
  }

  /** Discards all received bytes. */
  void dropInput() {
    encrypted = packets.release(encrypted);
    decrypted = packets.release(decrypted);
  }

  private static SSLException tooLarge() {
    return new SSLException("a TLS record is larger than the session allows");
  }

  // Buffers

  /**
   * Returns {@code buffer}, or a replacement with the same bytes, with {@code room} bytes after its
   * limit.
   */
  private ByteBuffer withRoom(ByteBuffer buffer, int room) throws SSLException {
    if (buffer.capacity() - buffer.limit() >= room) {
      return buffer;
    }
    if (buffer.capacity() - buffer.remaining() >= room) {
      return buffer.compact().flip();
    }
    ByteBuffer larger = packets.take(buffer.remaining() + room);
    larger.put(buffer).flip();
    packets.release(buffer);
    return larger;
  }

  /**
   * Turns the free room after the bytes of {@code buffer} into its remaining part, and returns the
   * old position.
   */
  private static int beginAppending(ByteBuffer buffer) {
    int position = buffer.position();
    buffer.position(buffer.limit()).limit(buffer.capacity());
    return position;
  }

  private ByteBuffer appended(ByteBuffer buffer, int position) {
    buffer.limit(buffer.position()).position(position);
    return buffer.hasRemaining() ? buffer : packets.release(buffer);
  }

  private ByteBuffer filled(ByteBuffer buffer) {
    buffer.flip();
    return buffer.hasRemaining() ? buffer : packets.release(buffer);
  }
}
