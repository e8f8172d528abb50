package dev.ioloop.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.IOLoop;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import org.junit.jupiter.api.Test;

/** The buffers of TLS records are reused within a loop, and never cross to another one. */
final class TlsPacketsTest {
  private static final int SIZE = 16 << 10;

  /** Nothing here polls. */
  private static final class IdlePoller implements Poller {
    @Override
    public int poll(long timeoutNanos) {
      return 0;
    }

    @Override
    public void wakeup() {}

    @Override
    public Registration register(SelectableChannel channel, int events, ReadyHandler handler) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Registration register(int fd, int events, ReadyHandler handler) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  @Test
  void aReleasedBufferServesItsLoopAlone() throws Exception {
    try (IOLoop loop = IOLoop.create("idle", new IdlePoller());
        IOLoop other = IOLoop.create("idle", new IdlePoller())) {
      ByteBuffer buffer = TlsPackets.of(loop).take(SIZE);
      buffer.putInt(1);
      assertThat(TlsPackets.of(loop).release(buffer)).isSameAs(TlsPackets.NONE);

      assertThat(TlsPackets.of(other).take(SIZE)).isNotSameAs(buffer);
      ByteBuffer again = TlsPackets.of(loop).take(SIZE);
      assertThat(again).isSameAs(buffer);
      assertThat(again.remaining()).isEqualTo(again.capacity());
    }
  }

  @Test
  void foreignAndSmallBuffersAreLeftAlone() throws Exception {
    try (IOLoop loop = IOLoop.create("idle", new IdlePoller())) {
      TlsPackets packets = TlsPackets.of(loop);
      packets.release(ByteBuffer.allocate(SIZE));
      assertThat(packets.take(SIZE).isDirect()).isTrue();

      packets.release(ByteBuffer.allocateDirect(SIZE / 2));
      assertThat(packets.take(SIZE).capacity()).isEqualTo(SIZE);
    }
  }
}
