package dev.ioloop.demo.serve;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.sleep;

import dev.ioloop.IOLoop;
import dev.ioloop.LoopStats;
import dev.ioloop.PeriodicCallback;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One event loop of the server and the browsers that are on it. Every second it looks at its loop
 * and tells its browsers what is known of all loops. All methods but {@link #state} and {@link
 * #tell} are called on the loop's thread.
 */
final class Station {
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final IOLoop loop;
  private final String name;
  private final Set<Channel> browsers = new LinkedHashSet<>();
  private LoopStats before;

  /** By how much a tick was late at worst since the last look. */
  private long lagNanos;

  private volatile LoopState state;

  Station(IOLoop loop, String name) {
    this.loop = loop;
    this.name = name;
    before = loop.stats();
    state = new LoopState(name, loop.backend(), "", 0, 0, 0, 0, 0, 0, 0, "", List.of());
  }

  /** Begins to look, and to tell what {@code news} returns. Safe to call from any thread. */
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

  /** Tells all browsers that are here. Safe to call from any thread. */
  void tell(String message) {
    loop.addCallback(() -> send(message));
  }

  /** Nobody waits for a slow reader: one that is too far behind is dropped. */
  private void send(String message) {
    ByteBuf utf8 = Unpooled.copiedBuffer(message, StandardCharsets.UTF_8);
    try {
      for (Channel browser : List.copyOf(browsers)) {
        if (browser.isWritable()) {
          browser.writeAndFlush(new TextWebSocketFrame(utf8.retainedDuplicate()));
        } else {
          browser.close();
        }
      }
    } finally {
      utf8.release();
    }
  }
}
