package dev.ioloop.testing;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.IOLoop;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ShufflingPollerTest {

  /** Ten descriptors that are always ready, in the order of their numbers. */
  private static final class Ready implements Poller {
    final List<ReadyHandler> handlers = new ArrayList<>();
    int cancelled;

    @Override
    public int poll(long timeoutNanos) {
      List.copyOf(handlers).forEach(handler -> handler.ready(IOLoop.READ));
      return handlers.size();
    }

    @Override
    public void wakeup() {}

    @Override
    public Registration register(SelectableChannel channel, int events, ReadyHandler handler) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Registration register(int fd, int events, ReadyHandler handler) {
      handlers.add(handler);
      return new Registration() {
        @Override
        public void update(int changed) {}

        @Override
        public void cancel() {
          cancelled++;
        }
      };
    }

    @Override
    public void close() {}
  }

  private static List<Integer> orderOfPolls(long seed, int polls) {
    List<Integer> order = new ArrayList<>();
    ShufflingPoller poller = new ShufflingPoller(new Ready(), seed);
    for (int i = 0; i < 10; i++) {
      int fd = i;
      poller.register(fd, IOLoop.READ, events -> order.add(fd));
    }
    for (int i = 0; i < polls; i++) {
      poller.poll(0);
    }
    return order;
  }

  @Test
  void seedsMakeOrdersThatCanBeRepeated() {
    Set<List<Integer>> orders = new HashSet<>();
    for (long seed = 0; seed < 20; seed++) {
      List<Integer> order = orderOfPolls(seed, 1);
      assertThat(order).doesNotHaveDuplicates().isEqualTo(orderOfPolls(seed, 1));
      orders.add(order);
    }
    assertThat(orders)
        .hasSizeGreaterThan(10)
        .contains(List.of()) // a poll that finds nothing
        .allMatch(order -> order.isEmpty() || order.size() == 10);
    assertThat(orderOfPolls(1, 10)).contains(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void watchThatWasCancelledMeanwhileIsNotToldOfWhatWasFound() {
    Ready ready = new Ready();
    ShufflingPoller poller = new ShufflingPoller(ready, 7);
    List<Registration> watches = new ArrayList<>();
    List<Integer> told = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      int fd = i;
      watches.add(
          poller.register(
              fd,
              IOLoop.READ,
              events -> {
                told.add(fd);
                watches.forEach(Registration::cancel);
              }));
    }
    while (told.isEmpty()) {
      poller.poll(0);
    }
    assertThat(told).hasSize(1);
    assertThat(ready.cancelled).isEqualTo(10);
  }

  @Test
  void timeoutsAreLateButInOrderAndNeverEarly() {
    VirtualTimePoller clock = new VirtualTimePoller();
    List<Long> times = new ArrayList<>();
    try (IOLoop loop = IOLoop.create("shuffled", new ShufflingPoller(clock, 3))) {
      loop.runSync(
          () -> {
            for (int i = 1; i <= 100; i++) {
              long due = loop.time() + 1_000_000;
              await(sleep(Duration.ofMillis(1)));
              times.add(loop.time() - due);
            }
          });
    }
    assertThat(times).allMatch(late -> late >= 0 && late < 1_000_000).anyMatch(late -> late > 0);
  }

  @Test
  void backendThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> ShufflingPoller.newLoop("none", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("no backend \"none\"; there are ");
  }
}
