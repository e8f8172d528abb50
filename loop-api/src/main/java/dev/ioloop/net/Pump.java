package dev.ioloop.net;

import static dev.ioloop.Gen.await;

/** Carries the bytes of one stream to another. It holds none while it waits for more. */
final class Pump {
  private static final int PIECE = 64 << 10;

  private final IOStream from;
  private final IOStream to;

  Pump(IOStream from, IOStream to) {
    this.from = from;
    this.to = to;
  }

  /** Runs to the end, in a coroutine; returns how many bytes it has carried. */
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

  /** Returns what has come next, or nothing at the end of the peer. */
  private byte[] next() {
    try {
      return await(from.readBytes(PIECE, true));
    } catch (StreamClosedException e) {
      if (e.realError() != null || !from.reading.peerEnded()) {
        throw e; // Closed by an error, or here: more may have been to come.
      }
      return Read.EMPTY;
    }
  }
}
