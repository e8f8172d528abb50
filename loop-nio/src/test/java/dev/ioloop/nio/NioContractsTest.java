package dev.ioloop.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.tck.Contracts;
import org.junit.jupiter.api.Test;

/** That this backend runs every contract. */
final class NioContractsTest {
  @Test
  void noContractIsLeftOut() {
    assertThat(Contracts.notRunBeside(NioContractsTest.class)).isEmpty();
  }
}
