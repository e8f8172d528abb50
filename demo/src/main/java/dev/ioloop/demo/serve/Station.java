package dev.ioloop.demo.serve;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.sleep;

import dev.ioloop.IOLoop;
import dev.ioloop.LoopStats;
import dev.ioloop.PeriodicCallback;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One event loop of the server, with its browsers. Every second it records the state of its loop
 * and sends the state of all loops to its browsers. All methods but {@link #state} and {@link
 * #tell} are called on the loop's thread.
 */
final class Station {
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration PERIOD = Duration.ofSeconds(1);

  /** The memory of an unsent message in addition to its bytes. */
  private static final long EACH = 256;

  private final IOLoop loop;
  private final String name;
  private final long maxUnsent;
  private final Set<Channel> browsers = new LinkedHashSet<>();
  private LoopStats before;

  /** The worst lateness of a tick since the last look. */
  private long lagNanos;

  private volatile LoopState state;

  /**
   * Makes a station that is not open yet.
   *
   * @param maxUnsent the most unsent bytes of all browsers here together
   */
  Station(IOLoop loop, String name, long maxUnsent) {
    this.loop = loop;
    this.maxUnsent = maxUnsent;
    this.name = name;
    before = loop.stats();
    state = new LoopState(name, loop.backend(), "", 0, 0, 0, 0, 0, 0, 0, "", List.of());
  }

  /** Starts recording, and sending what {@code news} returns. Safe to call from any thread. */
  void open(Supplier<String> news) {
    loop.spawnCallback(this::watchLag);
    loop.addCallback(() -> new PeriodicCallback(() -> look(news), PERIOD).start());
  }

  private void watchLag() {
    while (true) {
      long begin = System.nanoTime();
      await(sleep(TICK));
      lagNanos = Math.max(lagNanos, System.nanoTime() - begin - TICK.toNanos());
    }
  }

  private void look(Supplier<String> news) {
    state = LoopState.of(name, loop, before, lagNanos, browsers.size());
    before = loop.stats();
    lagNanos = 0;
    send(news.get());
  }

  LoopState state() {
    return state;
  }

  void join(Channel browser) {
    browsers.add(browser);
  }

  void leave(Channel browser) {
    browsers.remove(browser);
  }

  /** Sends to all browsers of this station. Safe to call from any thread. */
  void tell(String message) {
    loop.addCallback(() -> send(message));
  }

  /** Nobody waits for a slow reader: {@link LiveHandler} disconnects one that is too far behind. */
  private void send(String message) {
    // Direct memory, so that the transport makes no copy for each browser.
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    ByteBuf utf8 = Unpooled.directBuffer(bytes.length).writeBytes(bytes);
    try {
      for (Channel browser : List.copyOf(browsers)) {
        browser.writeAndFlush(new TextWebSocketFrame(utf8.retainedDuplicate()));
      }
    } finally {
      utf8.release();
    }
    dropThoseFurthestBehind();
  }

  /** Limits the unsent bytes of all browsers together. */
  private void dropThoseFurthestBehind() {
    long all = 0;
    for (Channel browser : browsers) {
      all += unsent(browser);
    }
    while (all > maxUnsent) {
      Channel furthest = Collections.max(browsers, Comparator.comparingLong(Station::unsent));
      all -= unsent(furthest);
      browsers.remove(furthest);
      furthest.close();
    }
  }

  /** Returns the memory of a browser's unsent messages, which may be small. */
  private static long unsent(Channel browser) {
    ChannelOutboundBuffer unsent = browser.unsafe().outboundBuffer();
    return unsent == null ? 0 : unsent.totalPendingWriteBytes() + EACH * unsent.size();
  }
}
