package dev.ioloop.netty;

import static dev.ioloop.spi.Events.ERROR;
import static dev.ioloop.spi.Events.READ;
import static dev.ioloop.spi.Events.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ioloop.spi.Registration;
import io.netty.channel.EventLoop;
import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * What the loop expects of a poller, without the loop. Each test runs on a thread of its own, which
 * is dead when the poller is closed: so each also closes a poller whose owner is gone.
 */
@Timeout(value = 10, threadMode = ThreadMode.SEPARATE_THREAD)
abstract class PollerTest {

  private static final long FOR_EVER = Long.MAX_VALUE;
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  final List<Object> events = new ArrayList<>();
  private final Deque<Closeable> open = new ConcurrentLinkedDeque<>();
  NettyPoller poller;

  abstract NettyPoller newPoller();

  /**
   * Whether the kernel watches the channels of this poller itself, so order and level are exact.
   */
  boolean direct() {
    return ChannelFd.available();
  }

  @BeforeEach
  void openPoller() {
    poller = newPoller();
  }

  @AfterEach
  void closeAll() throws IOException {
    if (poller != null) {
      poller.close();
    }
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  // Waiting and waking

  @Test
  void zeroTimeoutDoesNotWait() {
    poller.bind();
    assertThat(poller.poll(0)).isZero();
  }

  @Test
  void pollWaitsForItsTimeoutAndNotLess() {
    poller.bind();
    poller.poll(1_000_000);
    for (long timeout : new long[] {100_000, 1_500_000, 20_000_000}) {
      long start = System.nanoTime();
      assertThat(poller.poll(timeout)).isZero();
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(timeout);
    }
  }

  @Test
  void wakeupIsRememberedForTheNextPoll() {
    poller.bind();
    poller.wakeup();
    assertThat(poller.poll(FOR_EVER)).isZero();
  }

  @Test
  void wakeupBeforeBindIsRemembered() throws Exception {
    onOtherThread(poller::wakeup);
    poller.bind();
    assertThat(poller.poll(FOR_EVER)).isZero();
  }

  @Test
  void wakeupOnTheOwnThreadIsRemembered() throws Exception {
    poller.bind();
    SocketChannel[] pair = pair();
    send(pair[1], 1);
    poller.register(pair[0], READ, ready -> poller.wakeup());
    pollUntilSomethingIsFound();
    poller.wakeup();
    poller.poll(FOR_EVER);
  }

  /** A ping-pong with as little time between poll and wake-up as possible; a lost one hangs. */
  @Test
  void noWakeupIsLost() throws Exception {
    poller.bind();
    AtomicInteger ping = new AtomicInteger();
    AtomicInteger pong = new AtomicInteger();
    int rounds = 50_000;
    Thread other =
        new Thread(
            () -> {
              for (int i = 1; i <= rounds; i++) {
                ping.set(i);
                poller.wakeup();
                while (pong.get() != i) {
                  Thread.onSpinWait();
                }
              }
            });
    other.start();
    for (int i = 1; i <= rounds; i++) {
      while (ping.get() != i) {
        poller.poll(FOR_EVER);
      }
      pong.set(i);
    }
    other.join();
  }

  @Test
  void interruptedThreadWaitsAllTheSame() {
    poller.bind();
    Thread.currentThread().interrupt();
    long start = System.nanoTime();
    poller.poll(20_000_000);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
    assertThat(Thread.interrupted()).isTrue();
  }

  // Readiness

  @Test
  void dataMakesASocketReadable() throws Exception {
    poller.bind();
    SocketChannel[] pair = pair();
    poller.register(pair[0], READ, events::add);
    assertThat(poller.poll(1_000_000)).isZero();
    send(pair[1], 1);
    pollUntil(1);
    assertThat(events).containsExactly(READ);
  }

  @Test
  void roomMakesASocketWritable() throws Exception {
    poller.bind();
    poller.register(pair()[0], WRITE, events::add);
    pollUntil(1);
    assertThat(events.get(0)).isEqualTo(WRITE);
  }

  @Test
  void bothAreReportedTogether() throws Exception {
    poller.bind();
    SocketChannel[] pair = pair();
    send(pair[1], 1);
    poller.register(pair[0], READ | WRITE, events::add);
    pollUntil(1);
    assertThat(events.get(0)).isEqualTo(READ | WRITE);
  }

  @Test
  void connectionMakesAServerSocketReadable() throws Exception {
    poller.bind();
    ServerSocketChannel server = keep(ServerSocketChannel.open()).bind(ANY_PORT);
    server.configureBlocking(false);
    poller.register(server, READ, ready -> events.add(accept(server) != null));
    keep(SocketChannel.open(server.getLocalAddress()));
    pollUntil(1);
    assertThat(events).containsExactly(true);
  }

  @Test
  void finishedConnectionMakesASocketWritable() throws Exception {
    poller.bind();
    ServerSocketChannel server = keep(ServerSocketChannel.open()).bind(ANY_PORT);
    SocketChannel client = keep(SocketChannel.open());
    client.configureBlocking(false);
    client.connect(server.getLocalAddress());
    Registration[] registration = new Registration[1];
    registration[0] =
        poller.register(
            client,
            WRITE,
            ready -> {
              events.add(finishConnect(client));
              registration[0].cancel();
            });
    pollUntil(1);
    assertThat(events).containsExactly(true);
  }

  @Test
  void writeIsWatchedAlsoAfterTheConnection() throws Exception {
    poller.bind();
    ServerSocketChannel server = keep(ServerSocketChannel.open()).bind(ANY_PORT);
    SocketChannel client = keep(SocketChannel.open());
    client.configureBlocking(false);
    client.connect(server.getLocalAddress());
    poller.register(client, WRITE, ready -> events.add(finishConnect(client)));
    pollUntil(3);
    assertThat(events.subList(0, 3)).containsExactly(true, true, true);
  }

  @Test
  void datagramMakesADatagramChannelReadable() throws Exception {
    poller.bind();
    DatagramChannel channel = keep(DatagramChannel.open()).bind(ANY_PORT);
    channel.configureBlocking(false);
    poller.register(channel, READ, events::add);
    DatagramChannel sender = keep(DatagramChannel.open());
    sender.send(ByteBuffer.allocate(1), channel.getLocalAddress());
    pollUntil(1);
    assertThat(events.get(0)).isEqualTo(READ);
  }

  @Test
  void bothEndsOfAPipeAreWatched() throws Exception {
    poller.bind();
    Pipe pipe = Pipe.open();
    Pipe.SourceChannel source = keep(pipe.source());
    Pipe.SinkChannel sink = keep(pipe.sink());
    source.configureBlocking(false);
    sink.configureBlocking(false);
    Registration[] writable = new Registration[1];
    writable[0] =
        poller.register(
            sink,
            WRITE,
            ready -> {
              events.add(ready);
              writable[0].cancel();
            });
    pollUntil(1);
    sink.write(ByteBuffer.allocate(1));
    poller.register(source, READ, events::add);
    pollUntil(2);
    assertThat(events.subList(0, 2)).containsExactly(WRITE, READ);
  }

  @Test
  void unixDomainSocketsAreWatched(@TempDir Path directory) throws Exception {
    poller.bind();
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
    ServerSocketChannel server =
        keep(ServerSocketChannel.open(StandardProtocolFamily.UNIX)).bind(address);
    server.configureBlocking(false);
    poller.register(server, READ, ready -> events.add(accept(server) != null));
    keep(SocketChannel.open(address));
    pollUntil(1);
    assertThat(events).containsExactly(true);
  }

  @Test
  void unreadDataIsReportedInEachPollOnce() throws Exception {
    assumeTrue(direct(), "a companion thread reports when it gets to it");
    poller.bind();
    SocketChannel[] pair = pair();
    send(pair[1], 2);
    poller.register(pair[0], READ, events::add);
    for (int i = 1; i <= 3; i++) {
      poller.poll(FOR_EVER);
      assertThat(events).hasSize(i);
    }
    receive(pair[0]);
    assertThat(poller.poll(1_000_000)).isZero();
    send(pair[1], 1);
    poller.poll(FOR_EVER);
    assertThat(events).hasSize(4).containsOnly(READ);
  }

  @Test
  void unreadDataIsReportedAgain() throws Exception {
    poller.bind();
    SocketChannel[] pair = pair();
    send(pair[1], 1);
    poller.register(pair[0], READ, events::add);
    pollUntil(3);
    assertThat(events).containsOnly(READ);
  }

  @Test
  void endOfInputIsReadable() throws Exception {
    poller.bind();
    SocketChannel[] pair = pair();
    poller.register(pair[0], READ, ready -> events.add((ready & READ) != 0));
    pair[1].close();
    pollUntil(1);
    assertThat(events.get(0)).isEqualTo(true);
  }

  @Test
  void errorIsReportedThoughNotAskedFor() throws Exception {
    assumeTrue(direct(), "a Selector knows no errors");
    poller.bind();
    Pipe pipe = Pipe.open();
    keep(pipe.sink()).configureBlocking(false);
    poller.register(pipe.sink(), WRITE, ready -> events.add(ready & ERROR));
    pipe.source().close();
    pollUntil(1);
    assertThat((int) events.get(0)).isNotZero();
  }

  @Test
  void errorAloneCanBeWatched() throws Exception {
    assumeTrue(direct(), "a Selector knows no errors");
    poller.bind();
    Pipe pipe = Pipe.open();
    keep(pipe.sink()).configureBlocking(false);
    poller.register(pipe.sink(), ERROR, ready -> events.add(ready & ERROR));
    assertThat(poller.poll(1_000_000)).isZero();
    pipe.source().close();
    pollUntil(1);
    assertThat((int) events.get(0)).isNotZero();
  }

  /** io_uring adds the half-close to what is asked for, so a naive watch would spin here. */
  @Test
  void halfCloseDoesNotSpinAWatchForWriting() throws Exception {
    poller.bind();
    SocketChannel[] pair = pair();
    fill(pair[0]);
    poller.register(pair[0], WRITE, events::add);
    pair[1].shutdownOutput();
    int polls = 0;
    for (long end = System.nanoTime() + 50_000_000; System.nanoTime() < end; polls++) {
      poller.poll(10_000_000);
    }
    assertThat(polls).isLessThan(20);
    assertThat(events).isEmpty();
    drain(pair[1]);
    pollUntil(2);
    assertThat(events).containsOnly(WRITE);
  }

  // Changing what is watched

  @Test
  void nothingIsWatchedUntilTheFirstUpdate() throws Exception {
    poller.bind();
    SocketChannel[] pair = pair();
    send(pair[1], 1);
    Registration registration = poller.register(pair[0], 0, events::add);
    assertThat(poller.poll(1_000_000)).isZero();
    registration.update(READ);
    pollUntil(1);
    assertThat(events.get(0)).isEqualTo(READ);
  }

  @Test
  void updateToNothingSilencesErrorsToo() throws Exception {
    poller.bind();
    SocketChannel[] pair = pair();
    Registration registration = poller.register(pair[0], READ, events::add);
    poller.poll(0);
    registration.update(0);
    pair[1].setOption(java.net.StandardSocketOptions.SO_LINGER, 0);
    pair[1].close();
    poller.poll(5_000_000);
    assertThat(poller.poll(5_000_000)).isZero();
    assertThat(events).isEmpty();
    registration.update(READ);
    pollUntil(1);
  }

  @Test
  void updateReplacesWhatIsWatched() throws Exception {
    poller.bind();
    SocketChannel[] pair = pair();
    send(pair[1], 1);
    Registration registration = poller.register(pair[0], READ, events::add);
    pollUntil(1);
    registration.update(WRITE);
    events.clear();
    pollUntil(1);
    registration.update(READ | WRITE);
    pollUntil(2);
    registration.update(READ);
    pollUntil(3);
    assertThat(events.subList(0, 3)).containsExactly(WRITE, READ | WRITE, READ);
  }

  @Test
  void manyUpdatesBetweenPollsLeaveTheLast() throws Exception {
    poller.bind();
    SocketChannel[] pair = pair();
    send(pair[1], 1);
    Registration registration = poller.register(pair[0], READ, events::add);
    for (int i = 0; i < 1000; i++) {
      registration.update(0);
      registration.update(WRITE);
      registration.update(READ);
    }
    pollUntil(1);
    assertThat(events).containsOnly(READ);
  }

  @Test
  void cancelInsideAPollSilencesWhatItHasFound() throws Exception {
    assumeTrue(direct(), "a companion thread promises no order within a poll");
    poller.bind();
    SocketChannel[] a = pair();
    SocketChannel[] b = pair();
    send(a[1], 1);
    send(b[1], 1);
    Registration[] both = new Registration[2];
    both[0] =
        poller.register(
            a[0],
            READ,
            ready -> {
              events.add("a");
              both[1].cancel();
            });
    both[1] =
        poller.register(
            b[0],
            READ,
            ready -> {
              events.add("b");
              both[0].cancel();
            });
    poller.poll(FOR_EVER);
    poller.poll(FOR_EVER);
    assertThat(events).hasSize(2);
    assertThat(events.get(0)).isEqualTo(events.get(1));
  }

  @Test
  void cancelledWatchIsSilentAndCancelTwiceIsHarmless() throws Exception {
    poller.bind();
    SocketChannel[] pair = pair();
    send(pair[1], 1);
    Registration registration = poller.register(pair[0], READ, events::add);
    pollUntil(1);
    registration.cancel();
    registration.cancel();
    registration.update(READ);
    events.clear();
    poller.poll(5_000_000);
    assertThat(poller.poll(5_000_000)).isZero();
    assertThat(events).isEmpty();
  }

  @Test
  void channelCanBeRegisteredAgainAtOnce() throws Exception {
    poller.bind();
    SocketChannel[] pair = pair();
    send(pair[1], 1);
    for (int i = 0; i < 200; i++) {
      int round = i;
      Registration registration = poller.register(pair[0], READ, ready -> events.add(round));
      if (i % 2 == 0) {
        poller.poll(0);
      }
      registration.cancel();
    }
    events.clear();
    poller.register(pair[0], READ, ready -> events.add("last"));
    pollUntil(1);
    assertThat(events).containsOnly("last");
  }

  @Test
  void channelRegisteredAgainInsideAPollIsReportedByTheNext() throws Exception {
    poller.bind();
    SocketChannel[] pair = pair();
    send(pair[1], 1);
    Registration[] first = new Registration[1];
    first[0] =
        poller.register(
            pair[0],
            READ,
            ready -> {
              events.add("first");
              first[0].cancel();
              poller.register(pair[0], READ, again -> events.add("second"));
            });
    pollUntil(1);
    assertThat(events).containsExactly("first");
    pollUntil(2);
    assertThat(events.subList(0, 2)).containsExactly("first", "second");
  }

  @Test
  void whatThePollHadFoundBeforeIsNotTheNewWatchs() throws Exception {
    assumeTrue(direct(), "a companion thread promises no order within a poll");
    poller.bind();
    SocketChannel[][] pairs = {pair(), pair()};
    Registration[] registrations = new Registration[2];
    for (int i = 0; i < 2; i++) {
      send(pairs[i][1], 1);
      int other = 1 - i;
      registrations[i] =
          poller.register(
              pairs[i][0],
              READ,
              ready -> {
                events.add("old");
                if (events.size() == 1) {
                  registrations[other].cancel();
                  poller.register(pairs[other][0], READ, again -> events.add("new"));
                }
              });
    }
    poller.poll(FOR_EVER);
    assertThat(events).containsExactly("old");
    poller.poll(FOR_EVER);
    assertThat(events).contains("new");
  }

  @Test
  void channelIsFreeAfterCancel() throws Exception {
    poller.bind();
    SocketChannel[] pair = pair();
    poller.register(pair[0], READ, events::add).cancel();
    poller.poll(0);
    pair[0].configureBlocking(true);
    assertThat(pair[0].isBlocking()).isTrue();
  }

  @Test
  void peerHearsOfTheCloseOfAWatchedChannel() throws Exception {
    poller.bind();
    SocketChannel[] pair = pair();
    poller.register(pair[0], READ, events::add);
    poller.poll(0);
    pair[0].close();
    poller.poll(0);
    poller.poll(0);
    pair[1].configureBlocking(true);
    assertThat(pair[1].read(ByteBuffer.allocate(1))).isEqualTo(-1);
    assertThat(poller.poll(1_000_000)).isZero();
  }

  /** The system gives the number of a closed descriptor to the next one that is opened. */
  @Test
  void reusedDescriptorIsNotMisrouted() throws Exception {
    assumeTrue(direct(), "a companion thread knows channels, not descriptors");
    poller.bind();
    int reused = 0;
    for (int i = 0; i < 50; i++) {
      Pipe old = Pipe.open();
      keep(old.sink());
      old.source().configureBlocking(false);
      int fd = ChannelFd.of(old.source());
      Registration stale = poller.register(old.source(), READ, ready -> events.add("stale"));
      poller.poll(0);
      old.source().close();
      poller.poll(0);
      Pipe young = Pipe.open();
      keep(young.source()).configureBlocking(false);
      keep(young.sink());
      if (ChannelFd.of(young.source()) != fd) {
        continue; // Another thread was faster.
      }
      reused++;
      Registration live = poller.register(young.source(), READ, ready -> events.add("live"));
      stale.cancel();
      young.sink().write(ByteBuffer.allocate(1));
      events.clear();
      pollUntil(1);
      assertThat(events).containsExactly("live");
      live.cancel();
    }
    assertThat(reused).isPositive();
  }

  @Test
  void manyChannelsAreReportedInOnePoll() throws Exception {
    poller.bind();
    int count = 500;
    AtomicInteger reported = new AtomicInteger();
    for (int i = 0; i < count; i++) {
      Pipe pipe = Pipe.open();
      keep(pipe.source()).configureBlocking(false);
      keep(pipe.sink()).write(ByteBuffer.allocate(1));
      Registration[] registration = new Registration[1];
      registration[0] =
          poller.register(
              pipe.source(),
              READ,
              ready -> {
                reported.incrementAndGet();
                registration[0].cancel();
              });
    }
    poller.poll(FOR_EVER);
    if (direct()) {
      assertThat(reported.get()).isEqualTo(count);
    }
    while (reported.get() < count) {
      poller.poll(FOR_EVER);
    }
    assertThat(reported.get()).isEqualTo(count);
  }

  // Descriptors

  @Test
  void rawDescriptorIsWatchedAndLeftOpen() throws Exception {
    poller.bind();
    io.netty.channel.unix.FileDescriptor[] pipe = io.netty.channel.unix.FileDescriptor.pipe();
    keep(pipe[0]::close);
    keep(pipe[1]::close);
    ByteBuffer one = ByteBuffer.allocateDirect(1);
    Registration registration =
        poller.register(pipe[0].intValue(), READ, ready -> events.add(ready));
    assertThat(poller.poll(1_000_000)).isZero();
    pipe[1].write(one, 0, 1);
    pollUntil(1);
    assertThat(events).containsExactly(READ);
    registration.cancel();
    poller.close();
    assertThat(pipe[0].read(one, 0, 1)).isEqualTo(1);
  }

  @Test
  void descriptorThatIsNotOpenIsRefused() {
    poller.bind();
    assertThatThrownBy(() -> poller.register(54321, READ, events::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("file descriptor 54321");
    assertThatThrownBy(() -> poller.register(-1, READ, events::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("file descriptor < 0: -1");
  }

  @Test
  void descriptorIsWatchedOnce() throws Exception {
    poller.bind();
    io.netty.channel.unix.FileDescriptor[] pipe = io.netty.channel.unix.FileDescriptor.pipe();
    keep(pipe[0]::close);
    keep(pipe[1]::close);
    int fd = pipe[0].intValue();
    poller.register(fd, READ, events::add);
    assertThatThrownBy(() -> poller.register(fd, READ, events::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("file descriptor " + fd + " is already watched");
  }

  // Bad input

  @Test
  void unusableChannelsAreRefusedWithTheReason() throws Exception {
    poller.bind();
    SocketChannel closed = SocketChannel.open();
    closed.close();
    assertRefused(closed, READ, "channel is closed");
    SocketChannel blocking = keep(SocketChannel.open());
    assertRefused(blocking, READ, "channel is in blocking mode; call configureBlocking(false)");
    ServerSocketChannel server = keep(ServerSocketChannel.open());
    server.configureBlocking(false);
    assertRefused(server, WRITE, "never ready for WRITE");
    Pipe pipe = Pipe.open();
    keep(pipe.source()).configureBlocking(false);
    keep(pipe.sink()).configureBlocking(false);
    assertRefused(pipe.source(), WRITE, "never ready for WRITE");
    assertRefused(pipe.sink(), READ, "never ready for READ");
    assertRefused(pipe.sink(), 0x1000, "but were: 0x1000");
  }

  @Test
  void channelIsWatchedOnce() throws Exception {
    poller.bind();
    SocketChannel[] pair = pair();
    poller.register(pair[0], READ, events::add);
    assertRefused(pair[0], READ, "already watched");
  }

  @Test
  void refusedUpdateLeavesTheWatchAsItWas() throws Exception {
    poller.bind();
    Pipe pipe = Pipe.open();
    keep(pipe.source()).configureBlocking(false);
    keep(pipe.sink()).write(ByteBuffer.allocate(1));
    Registration registration = poller.register(pipe.source(), READ, events::add);
    assertThatThrownBy(() -> registration.update(WRITE))
        .isInstanceOf(IllegalArgumentException.class);
    pollUntil(1);
    assertThat(events.get(0)).isEqualTo(READ);
  }

  @Test
  void handlerThatThrowsCostsNobodyElseHisEvent() throws Exception {
    poller.bind();
    SocketChannel[] a = pair();
    SocketChannel[] b = pair();
    send(a[1], 1);
    send(b[1], 1);
    Registration bad =
        poller.register(
            a[0],
            READ,
            ready -> {
              throw new IllegalStateException("bad handler");
            });
    poller.register(b[0], READ, events::add);
    long start = System.nanoTime();
    int thrown = 0;
    while (events.isEmpty() || thrown == 0) {
      try {
        poller.poll(FOR_EVER);
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("bad handler");
        thrown++;
      }
    }
    // Netty's handlers sleep for a second when an exception gets to them.
    assertThat(System.nanoTime() - start).isLessThan(500_000_000);
    bad.cancel();
    events.clear();
    pollUntil(1);
  }

  // Life

  @Test
  void channelsRegisteredBeforeBindAreWatchedAfterIt() throws Exception {
    SocketChannel[] pair = pair();
    SocketChannel[] other = pair();
    send(pair[1], 1);
    send(other[1], 1);
    onOtherThread(
        () -> {
          Registration registration = poller.register(pair[0], WRITE, events::add);
          registration.update(0);
          registration.update(READ);
          poller.register(other[0], READ, events::add).cancel();
        });
    poller.register(other[0], READ, events::add).cancel();
    poller.bind();
    pollUntil(2);
    assertThat(events).containsOnly(READ);
  }

  @Test
  void unusableDescriptorIsRefusedBeforeBindToo() {
    assertThatThrownBy(() -> poller.register(54321, READ, events::add))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void closedPollerRefusesChannelsAndIgnoresWakeups() throws Exception {
    poller.bind();
    poller.poll(0);
    SocketChannel[] pair = pair();
    Registration registration = poller.register(pair[0], READ, events::add);
    poller.close();
    poller.close();
    poller.wakeup();
    onOtherThread(poller::wakeup);
    registration.update(WRITE);
    registration.cancel();
    assertThat(pair[0].isOpen()).isTrue();
    assertThatThrownBy(() -> poller.register(pair[0], READ, events::add))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void eventLoopThatWasShutDownIsRefusedAndNotPolledInVain() {
    poller.bind();
    EventLoop eventLoop = poller.unwrap(EventLoop.class);
    assertThat(eventLoop).isNotNull();
    eventLoop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    assertThatThrownBy(() -> poller.poll(FOR_EVER))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("close the IOLoop, not its EventLoop");
    poller.close();
    assertThat(eventLoop.isTerminated()).isTrue();
  }

  @Test
  void closeOnAnotherThreadThanTheOwner() throws Exception {
    poller.bind();
    SocketChannel[] pair = pair();
    poller.register(pair[0], READ, events::add);
    poller.poll(0);
    onOtherThread(poller::close);
    poller.wakeup();
    assertThat(pair[0].isOpen()).isTrue();
  }

  @Test
  void closeOnAVirtualThread() throws Exception {
    Method start;
    try {
      start = Thread.class.getMethod("startVirtualThread", Runnable.class);
    } catch (NoSuchMethodException e) {
      throw new TestAbortedException("this JDK has no virtual threads", e);
    }
    Thread[] threads = new Thread[40];
    NettyPoller[] pollers = new NettyPoller[threads.length];
    for (int i = 0; i < threads.length; i++) {
      NettyPoller closing = pollers[i] = newPoller();
      if (i % 2 == 0) {
        closing.bind();
        closing.poll(0);
      }
      threads[i] = (Thread) start.invoke(null, (Runnable) closing::close);
    }
    for (int i = 0; i < threads.length; i++) {
      threads[i].join();
      pollers[i].wakeup();
    }
  }

  /**
   * What is left of a closed poller may take the wake-up of one that got its descriptor numbers. So
   * this one is woken again and again while others come and go; a wake-up that is lost hangs.
   */
  @Test
  void closingOthersCostsNoWakeup() throws Exception {
    poller.bind();
    AtomicInteger running = new AtomicInteger(2);
    for (int i = 0; i < 2; i++) {
      new Thread(
              () -> {
                try {
                  cycle(60);
                } catch (Exception e) {
                  events.add(e);
                } finally {
                  running.decrementAndGet();
                }
              })
          .start();
    }
    AtomicInteger ping = new AtomicInteger();
    AtomicInteger pong = new AtomicInteger();
    Thread waker =
        new Thread(
            () -> {
              while (running.get() > 0) {
                int round = ping.incrementAndGet();
                poller.wakeup();
                while (pong.get() != round) {
                  Thread.yield();
                }
              }
              ping.set(-1);
              poller.wakeup();
            });
    waker.start();
    while (ping.get() != -1) {
      poller.poll(FOR_EVER);
      pong.set(ping.get());
    }
    waker.join();
    assertThat(events).isEmpty();
  }

  @Test
  void closeLeavesNoDescriptorAndNoThread() throws Exception {
    poller.close();
    cycle(10);
    long descriptors = descriptors();
    int threads = threads();
    cycle(100);
    assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 2);
    assertThat(threads()).isLessThanOrEqualTo(threads);
  }

  /** Opens and closes pollers in each of the three ways. */
  private void cycle(int rounds) throws Exception {
    SocketChannel[] pair = pair();
    for (int i = 0; i < rounds; i++) {
      NettyPoller used = newPoller();
      used.bind();
      used.register(pair[0], READ, events::add);
      used.poll(i % 2 == 0 ? 0 : 1000);
      used.close();

      NettyPoller unused = newPoller();
      unused.register(pair[0], READ, events::add);
      unused.close();

      NettyPoller inherited = newPoller();
      long wait = i % 2 == 0 ? 0 : 1000;
      onOtherThread(
          () -> {
            inherited.bind();
            inherited.register(pair[0], READ, events::add);
            inherited.poll(wait);
          });
      inherited.close();
    }
  }

  static long descriptors() throws IOException {
    try (var entries = Files.list(Path.of("/proc/self/fd"))) {
      return entries.count();
    }
  }

  private static int threads() {
    return (int)
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().contains("selector"))
            .count();
  }

  // Tools

  private void pollUntilSomethingIsFound() {
    while (poller.poll(FOR_EVER) == 0) {
      // A companion thread may wake the loop for nothing.
    }
  }

  private void pollUntil(int count) {
    while (events.size() < count) {
      poller.poll(FOR_EVER);
    }
  }

  private void assertRefused(SelectableChannel channel, int wanted, String reason) {
    assertThatThrownBy(() -> poller.register(channel, wanted, events::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  /** Returns two connected sockets, both non-blocking. */
  private SocketChannel[] pair() throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(ANY_PORT)) {
      SocketChannel client = keep(SocketChannel.open(server.getLocalAddress()));
      SocketChannel accepted = keep(server.accept());
      client.configureBlocking(false);
      accepted.configureBlocking(false);
      return new SocketChannel[] {client, accepted};
    }
  }

  private <T extends Closeable> T keep(T closeable) {
    open.push(closeable);
    return closeable;
  }

  private static void send(SocketChannel channel, int bytes) throws IOException {
    assertThat(channel.write(ByteBuffer.allocate(bytes))).isEqualTo(bytes);
  }

  private static void receive(SocketChannel channel) throws IOException {
    channel.read(ByteBuffer.allocate(64));
  }

  private static void fill(SocketChannel channel) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
    int idle = 0;
    while (idle < 1000) {
      chunk.clear();
      idle = channel.write(chunk) == 0 ? idle + 1 : 0;
    }
  }

  private static void drain(SocketChannel channel) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
    int idle = 0;
    while (idle < 1000) {
      chunk.clear();
      idle = channel.read(chunk) == 0 ? idle + 1 : 0;
    }
  }

  private SocketChannel accept(ServerSocketChannel server) {
    try {
      return keep(server.accept());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean finishConnect(SocketChannel channel) {
    try {
      return channel.finishConnect();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  interface Task {
    void run() throws Exception;
  }

  static void onOtherThread(Task task) throws Exception {
    Throwable[] thrown = new Throwable[1];
    CountDownLatch done = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (Throwable e) {
                thrown[0] = e;
              } finally {
                done.countDown();
              }
            });
    thread.start();
    thread.join();
    if (thrown[0] != null) {
      throw new AssertionError(thrown[0]);
    }
  }
}
