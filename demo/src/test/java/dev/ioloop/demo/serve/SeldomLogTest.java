package dev.ioloop.demo.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.testing.ExpectLog;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What hostile clients cannot fill the log with. */
final class SeldomLogTest {
  @Test
  void oneLineASecondIsLogged() {
    AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // which overflows soon
    String name = SeldomLogTest.class.getName();
    SeldomLog log = new SeldomLog(System.getLogger(name), now::get);
    try (ExpectLog expected = new ExpectLog(name, "line")) {
      for (int i = 0; i < 30; i++) {
        log.log(System.Logger.Level.WARNING, "line " + i);
        now.addAndGet(SeldomLog.PERIOD_NANOS / 10);
      }
      assertThat(expected.records())
          .extracting(record -> record.getMessage())
          .containsExactly("line 0", "line 10", "line 20");
    }
  }

  @Test
  void connectionsThatFailAreToldOfInOneLineAtTimes() {
    try (ExpectLog log = new ExpectLog(HttpHandler.class.getName(), "failed: .*no memory")) {
      for (int i = 0; i < 1_000; i++) {
        EmbeddedChannel channel =
            new EmbeddedChannel(
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
                    HttpHandler.endAfter(ctx, failure);
                  }
                });
        channel.pipeline().fireExceptionCaught(new OutOfMemoryError("no memory"));
        assertThat(channel.isOpen()).isFalse();
        channel.finishAndReleaseAll();
      }
      assertThat(log.records()).isNotEmpty().hasSizeLessThan(100);
      assertThat(log.records()).allMatch(record -> record.getThrown() == null);
    }
  }
}
