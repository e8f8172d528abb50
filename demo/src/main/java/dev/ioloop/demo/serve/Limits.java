package dev.ioloop.demo.serve;

import java.time.Duration;

/**
 * What a client may take.
 *
 * @param clients how many connections there may be
 * @param request how long a request may take to come in, and an answer to be taken
 * @param messageBytes the largest body of a request, and the largest message of a WebSocket
 * @param unsentBytes how far behind a reader may be
 */
record Limits(int clients, Duration request, int messageBytes, int unsentBytes) {
  static final Limits DEFAULT = new Limits(1_000, Duration.ofSeconds(10), 64 * 1024, 1024 * 1024);
}
