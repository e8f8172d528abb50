package dev.ioloop.net;

import static dev.ioloop.Gen.await;

/** Copies the bytes of one stream to another. It holds no bytes while it waits for more. */
final class Pump {
  private static final int PIECE = 64 << 10;

  private final IOStream from;
  private final IOStream to;

  Pump(IOStream from, IOStream to) {
    this.from = from;
    this.to = to;
  }

  /** Copies until the end of input, in a coroutine; returns the number of bytes copied. */
  long run() {
    from.setAllowHalfClose(true);
    long carried = 0;
    for (byte[] piece = next(); piece.length > 0; piece = next()) {
      await(to.write(piece));
      carried += piece.length;
    }
    to.shutdownOutput();
    return carried;
  }

  /** Returns the next bytes that arrive, or an empty array at the peer's end. */
  private byte[] next() {
    try {
      return await(from.readBytes(PIECE, true));
    } catch (StreamClosedException e) {
      if (e.realError() != null || !from.reading.peerEnded()) {
        throw e; // Closed by an error or on this side: bytes may be missing.
      }
      return Read.EMPTY;
    }
  }
}
