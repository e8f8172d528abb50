package dev.ioloop.netty;

import static dev.ioloop.spi.Events.ERROR;
import static dev.ioloop.spi.Events.READ;
import static dev.ioloop.spi.Events.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What of the kqueue backend needs no kqueue. */
class KQueueWatchTest {

  private static final short EVFILT_READ = -1;
  private static final short EVFILT_WRITE = -2;
  private static final short EV_EOF = (short) 0x8000;
  private static final int ECONNRESET = 54;

  @Test
  void filterTellsTheEvent() {
    assertThat(KQueueWatch.events(EVFILT_READ, 0, 0)).isEqualTo(READ);
    assertThat(KQueueWatch.events(EVFILT_WRITE, 0, 0)).isEqualTo(WRITE);
  }

  @Test
  void endOfInputIsReadableAndASocketErrorIsAnError() {
    assertThat(KQueueWatch.events(EVFILT_READ, EV_EOF, 0)).isEqualTo(READ);
    assertThat(KQueueWatch.events(EVFILT_READ, EV_EOF, ECONNRESET)).isEqualTo(READ | ERROR);
  }

  @Test
  void nobodyLeftToReadIsAnError() {
    assertThat(KQueueWatch.events(EVFILT_WRITE, EV_EOF, 0)).isEqualTo(WRITE | ERROR);
  }
}
