package dev.ioloop.demo.serve;

import java.time.Duration;

/**
 * What a client may take.
 *
 * @param clients how many connections there may be
 * @param request how long a request may take to come in, and an answer to be taken
 * @param idle after how long a WebSocket that is silent is pinged, and then dropped
 * @param messageBytes the largest body of a request, and the largest message of a WebSocket
 * @param bodyBytesInAll how much memory all bodies may take that come in or wait for their answer
 * @param webSockets how many WebSockets there may be
 * @param unsentBytes how far behind a reader may be
 * @param unsentBytesInAll how far behind all readers together may be
 */
record Limits(
    int clients,
    Duration request,
    Duration idle,
    int messageBytes,
    int bodyBytesInAll,
    int webSockets,
    int unsentBytes,
    int unsentBytesInAll) {
  private static final int MEBIBYTE = 1024 * 1024;

  static final Limits DEFAULT =
      new Limits(
          1_000,
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          64 * 1024,
          8 * MEBIBYTE,
          200,
          MEBIBYTE,
          16 * MEBIBYTE);
}
