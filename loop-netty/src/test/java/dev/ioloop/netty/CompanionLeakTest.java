package dev.ioloop.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.FailOnLeaks;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A loop that watches channels in a companion thread ends the thread when it is closed. */
@Timeout(30)
@ExtendWith(FailOnLeaks.class)
final class CompanionLeakTest {

  private static List<String> threadNames() {
    List<String> names = new ArrayList<>();
    Thread.getAllStackTraces().keySet().forEach(thread -> names.add(thread.getName()));
    return names;
  }

  private static void watchAPipe(NettyPoller poller) throws Exception {
    Pipe pipe = Pipe.open();
    try (IOLoop loop = IOLoop.create("with a companion", poller);
        Pipe.SourceChannel source = pipe.source();
        Pipe.SinkChannel sink = pipe.sink()) {
      source.configureBlocking(false);
      loop.addHandler(
          source,
          ready -> {
            source.read(ByteBuffer.allocate(1));
            loop.stop();
          },
          IOLoop.READ);
      sink.write(ByteBuffer.wrap(new byte[1]));
      loop.start();
      assertThat(threadNames()).anyMatch(name -> name.endsWith("-selector"));
    }
  }

  @Test
  void companionOfEpollIsNoLeak() throws Exception {
    watchAPipe(Pollers.epoll(true));
  }

  @Test
  void companionOfIoUringIsNoLeak() throws Exception {
    watchAPipe(Pollers.ioUring(true));
  }
}
