package dev.ioloop.nio;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.LoopContract;
import org.junit.jupiter.api.Test;

/** What only this backend does with handlers. */
final class NioHandlerTest extends LoopContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }

  @Test
  void fileDescriptorsAreRefusedWithTheWayOut() {
    assertThatThrownBy(() -> loop.addHandler(0, events::add, IOLoop.READ))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("watches channels");
  }
}
