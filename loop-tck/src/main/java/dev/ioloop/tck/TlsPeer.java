package dev.ioloop.tck;

import static dev.ioloop.Gen.await;

import dev.ioloop.net.IOStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * A hand-written TLS client over a plain stream: it decides which records are in one segment, and
 * may send what no stream sends. Call from inside a coroutine only.
 */
final class TlsPeer {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final IOStream plain;
  private final SSLEngine engine;
  private final ByteArrayOutputStream records = new ByteArrayOutputStream();
  private ByteBuffer received = ByteBuffer.allocate(0);

  TlsPeer(IOStream plain, SSLEngine engine) {
    this.plain = plain;
    this.engine = engine;
  }

  void handshake() throws SSLException {
    engine.beginHandshake();
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> {
          wrap(NOTHING);
          send();
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrap();
        default -> {
          return;
        }
      }
    }
  }

  /** Adds a record with {@code data} to the next segment. */
  TlsPeer data(byte[] data) throws SSLException {
    wrap(ByteBuffer.wrap(data));
    return this;
  }

  /** Adds a key update that asks for an answer. */
  TlsPeer keyUpdate() throws SSLException {
    engine.beginHandshake();
    wrap(NOTHING);
    return this;
  }

  /** Adds a close_notify. */
  TlsPeer end() throws SSLException {
    engine.closeOutbound();
    wrap(NOTHING);
    return this;
  }

  /** Sends everything added, at once. */
  void send() {
    send(take());
  }

  void send(byte[] bytes) {
    plain.write(bytes);
  }

  /** Returns the bytes of everything added, instead of sending them. */
  byte[] take() {
    byte[] taken = records.toByteArray();
    records.reset();
    return taken;
  }

  private void wrap(ByteBuffer data) throws SSLException {
    ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(data, record);
    records.write(record.array(), 0, record.position());
  }

  /** Decrypts one record, and returns its content. */
  byte[] unwrap() throws SSLException {
    ByteBuffer data = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    while (engine.unwrap(received, data).getStatus() == Status.BUFFER_UNDERFLOW) {
      byte[] more = await(plain.readBytes(1 << 16, true));
      ByteBuffer all = ByteBuffer.allocate(received.remaining() + more.length);
      received = all.put(received).put(more).flip();
    }
    return Arrays.copyOf(data.array(), data.position());
  }
}
