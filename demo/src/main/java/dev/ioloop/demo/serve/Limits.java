package dev.ioloop.demo.serve;

import java.time.Duration;

/**
 * The limits of clients.
 *
 * @param clients the most connections
 * @param request the time limit for receiving a request, and for sending an answer
 * @param idle the time after which a silent WebSocket is pinged, and again disconnected
 * @param messageBytes the largest body of a request, and the largest message of a WebSocket
 * @param bodyBytesInAll the most memory of all bodies that are being received or wait for their
 *     answer
 * @param webSockets the most WebSockets
 * @param unsentBytes the most unsent bytes of one reader
 * @param unsentBytesInAll the most unsent bytes of all readers together
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
