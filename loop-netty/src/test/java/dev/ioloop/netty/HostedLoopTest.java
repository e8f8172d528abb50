package dev.ioloop.netty;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import dev.ioloop.Timeout;
import dev.ioloop.locks.Lock;
import dev.ioloop.queues.Queue;
import dev.ioloop.tck.OnEachGenerator;
import dev.ioloop.testing.ExpectLog;
import dev.ioloop.testing.FailOnUnexpectedLog;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.util.concurrent.Promise;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.ExtendWith;

/** IOLoops on event loops of Netty's that run already, of every kind. */
class HostedLoopTest {

  @OnEachGenerator
  @ExtendWith(FailOnUnexpectedLog.class)
  @org.junit.jupiter.api.Timeout(value = 20, threadMode = ThreadMode.SEPARATE_THREAD)
  abstract static class Contract {
    final List<Object> events = Collections.synchronizedList(new ArrayList<>());
    private EventLoopGroup group;
    EventLoop eventLoop;
    IOLoop loop;

    abstract EventLoopGroup newGroup();

    @BeforeEach
    void open() {
      group = newGroup();
      eventLoop = group.next();
      loop = NettyIOLoop.of(eventLoop);
    }

    @AfterEach
    void shutDown() {
      group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Runs a handler's code: on the event loop's thread, outside the IOLoop's turns. */
    <T> T inHandler(Callable<T> body) throws Exception {
      return eventLoop.submit(body).get();
    }

    /** Waits for a future of the loop's. */
    static <T> T get(Future<T> future) throws Exception {
      CompletableFuture<T> copy = new CompletableFuture<>();
      future.addDoneCallback(
          done -> {
            if (done.exception() == null) {
              copy.complete(done.result());
            } else {
              copy.completeExceptionally(done.exception());
            }
          });
      return copy.get();
    }

    // Netty runs its shutdown hooks in a round that has no task.
    @Test
    void eventLoopThatIsBusyToTheLastTakesTheLoopAlong() throws Exception {
      SingleThreadEventLoop busy = (SingleThreadEventLoop) eventLoop;
      Future<Object> never = loop.spawnCallback(() -> await(new Future<>()));
      Runnable inEachRound =
          new Runnable() {
            @Override
            public void run() {
              try {
                busy.executeAfterEventLoopIteration(() -> busy.execute(this));
              } catch (RejectedExecutionException e) {
                events.add("ended");
              }
            }
          };
      inHandler(
          () -> {
            busy.execute(inEachRound);
            return group.shutdownGracefully(0, 10, TimeUnit.SECONDS);
          });
      assertThatThrownBy(() -> get(never)).isInstanceOf(CancellationException.class);
      group.terminationFuture().sync();
      assertThat(events).containsExactly("ended");
      Future<String> late = loop.spawnCallback(() -> "never");
      assertThatThrownBy(() -> get(late)).isInstanceOf(CancellationException.class);
    }

    @Test
    void handlerThatBlocksIsReported() throws Exception {
      try (ExpectLog log = new ExpectLog("dev.ioloop", "blocked for")) {
        inHandler(IOLoop::current); // From now on it knows its thread.
        loop.setBlockingLogThreshold(Duration.ofMillis(20));
        inHandler(
            () -> {
              while (loop.slowCallbacks().isEmpty()) {
                Thread.onSpinWait();
              }
              return null;
            });
        loop.setBlockingLogThreshold(null);
        assertThat(loop.slowCallbacks().get(0).stack().toString()).contains("HostedLoopTest");
        assertThat(log.records()).isNotEmpty();
      }
    }

    @Test
    void eventLoopThatIsBusyWithoutTheLoopIsNotReported() throws Exception {
      try (ExpectLog log = new ExpectLog("dev.ioloop", "blocked for");
          IOLoop witness = IOLoop.create("epoll")) {
        inHandler(IOLoop::current);
        AtomicInteger done = new AtomicInteger();
        Runnable work =
            new Runnable() {
              @Override
              public void run() {
                spin(Duration.ofMillis(1));
                if (done.get() == 0) {
                  eventLoop.execute(this);
                }
              }
            };
        loop.setBlockingLogThreshold(Duration.ofMillis(200));
        eventLoop.execute(work);
        // A limit of its own tells when enough time has passed.
        witness.setBlockingLogThreshold(Duration.ofMillis(600));
        witness.runSync(
            () -> {
              while (witness.slowCallbacks().isEmpty()) {
                Thread.onSpinWait();
              }
            });
        done.set(1);
        assertThat(loop.slowCallbacks()).isEmpty();
        assertThat(log.records()).isNotEmpty();
      }
    }

    private static void spin(Duration length) {
      long end = System.nanoTime() + length.toNanos();
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }

    @Test
    void itIsTheCurrentOneOfTheEventLoopsThread() throws Exception {
      assertThat(inHandler(() -> IOLoop.current(false))).isSameAs(loop);
      assertThat(NettyIOLoop.of(eventLoop)).isSameAs(loop);
      assertThat(NettyIOLoop.eventLoop(loop)).isSameAs(eventLoop);
      assertThat(loop.running()).isTrue();
      assertThat(loop.backend()).startsWith("netty");
    }

    @Test
    void callbacksRunInTheOrderOfTheLoop() throws Exception {
      CountDownLatch end = new CountDownLatch(1);
      inHandler(
          () -> {
            loop.addCallback(
                () -> {
                  events.add(1);
                  loop.callLater(Duration.ZERO, () -> events.add("due, after the next callbacks"));
                  loop.addCallback(() -> events.add(3));
                  loop.addCallback(() -> loop.addCallback(end::countDown));
                });
            loop.addCallback(() -> events.add(2));
            events.add("not inline");
            return null;
          });
      end.await();
      assertThat(events)
          .startsWith("not inline", 1, 2, 3)
          .contains("due, after the next callbacks");
    }

    @Test
    void callbackOfAForeignThreadRunsOnTheEventLoopsThread() throws Exception {
      CompletableFuture<Boolean> ran = new CompletableFuture<>();
      loop.addCallback(() -> ran.complete(eventLoop.inEventLoop()));
      assertThat(ran.get()).isTrue();
    }

    @Test
    void timeoutsFireInOrderAndNeverEarly() throws Exception {
      long start = System.nanoTime();
      CountDownLatch end = new CountDownLatch(3);
      inHandler(
          () -> {
            // The second one is earlier than the alarm that was set for the first.
            loop.callLater(Duration.ofMillis(30), () -> note("late", end));
            loop.callLater(Duration.ofMillis(10), () -> note("early", end));
            Timeout removed = loop.callLater(Duration.ofMillis(5), () -> note("removed", end));
            loop.removeTimeout(removed);
            loop.addCallback(
                () -> loop.callLater(Duration.ofMillis(20), () -> note("middle", end)));
            return null;
          });
      end.await();
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000);
      assertThat(events).containsExactly("early", "middle", "late");
    }

    private void note(String event, CountDownLatch end) {
      events.add(event);
      end.countDown();
    }

    @Test
    void coroutineBeginsInTheHandlerAndGoesOnInTurns() throws Exception {
      Future<Integer> sum =
          inHandler(
              () -> {
                Lock lock = new Lock();
                Queue<Integer> queue = new Queue<>();
                Future<Integer> coroutine =
                    Gen.coroutine(
                        () -> {
                          events.add("begun");
                          await(sleep(Duration.ofMillis(1)));
                          await(lock.acquire());
                          lock.release();
                          int first = await(queue.get());
                          await(moment);
                          return first + await(queue.get());
                        });
                events.add("suspended");
                loop.spawnCallback(
                    () -> {
                      await(queue.put(1));
                      await(queue.put(2));
                    });
                return coroutine;
              });
      assertThat(get(sum)).isEqualTo(3);
      assertThat(events).containsExactly("begun", "suspended");
      assertThat(loop.stats().coroutinesSuspended()).isZero();
    }

    @Test
    void coroutineAwaitsNettysFutures() throws Exception {
      Promise<String> promise = eventLoop.newPromise();
      Future<Object> result =
          loop.spawnCallback(() -> Gen.<Object>await((Object) promise) + ", awaited");
      eventLoop.schedule(() -> promise.setSuccess("done"), 1, TimeUnit.MILLISECONDS);
      assertThat(get(result)).isEqualTo("done, awaited");
    }

    @Test
    void whatACallbackThrowsStopsNothing() throws Exception {
      CompletableFuture<Throwable> reported = new CompletableFuture<>();
      loop.setExceptionHandler((source, thrown) -> reported.complete(thrown));
      CountDownLatch next = new CountDownLatch(1);
      RuntimeException failure = new RuntimeException("on purpose");
      inHandler(
          () -> {
            loop.addCallback(
                () -> {
                  throw failure;
                });
            loop.addCallback(next::countDown);
            return null;
          });
      next.await();
      assertThat(reported.get()).isSameAs(failure);
    }

    @Test
    void endlessChainOfCallbacksDoesNotStarveTheHost() throws Exception {
      AtomicInteger links = new AtomicInteger();
      CompletableFuture<String> task = new CompletableFuture<>();
      Runnable chain =
          new Runnable() {
            @Override
            public void run() {
              links.incrementAndGet();
              if (!task.isDone()) {
                loop.addCallback(this);
              }
            }
          };
      loop.addCallback(chain);
      while (links.get() < 1_000) {
        Thread.onSpinWait();
      }
      eventLoop.schedule(() -> task.complete("ran"), 1, TimeUnit.MILLISECONDS);
      assertThat(task.get()).isEqualTo("ran");
    }

    @Test
    void handlersWatchChannels() throws Exception {
      Pipe pipe = Pipe.open();
      pipe.source().configureBlocking(false);
      CountDownLatch read = new CountDownLatch(2);
      inHandler(
          () -> {
            loop.addHandler(
                pipe.source(),
                ready -> {
                  ByteBuffer one = ByteBuffer.allocate(1);
                  pipe.source().read(one);
                  events.add((char) one.get(0));
                  read.countDown();
                },
                IOLoop.READ);
            return null;
          });
      pipe.sink().write(ByteBuffer.wrap(new byte[] {'a', 'b'}));
      read.await();
      assertThat(events).containsExactly('a', 'b');
      inHandler(
          () -> {
            loop.removeHandler(pipe.source());
            return null;
          });
      pipe.sink().close();
      pipe.source().close();
    }

    @Test
    void hostRunsItAndNobodyElse() throws Exception {
      assertThatThrownBy(() -> loop.start())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("start()")
          .hasMessageContaining("spawnCallback");
      assertThatThrownBy(() -> loop.runSync(() -> 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("runSync()");
      assertThatThrownBy(() -> inHandler(() -> loop.runSync(() -> 1)))
          .hasRootCauseInstanceOf(IllegalStateException.class);
      assertThatThrownBy(loop::stop)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("close()");
      assertThat(get(loop.spawnCallback(() -> "still running"))).isEqualTo("still running");
    }

    @Test
    void foreignThreadIsRefused() {
      assertThatThrownBy(() -> loop.callLater(Duration.ZERO, () -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("addCallback()");
    }

    @Test
    void closeCancelsItsCoroutinesAndLeavesTheHostAlone() throws Exception {
      Future<Void> coroutine =
          loop.spawnCallback(
              () -> {
                try {
                  events.add("waiting");
                  await(new Future<>());
                } finally {
                  events.add("cancelled");
                }
              });
      inHandler(() -> null); // The turn was asked for before.
      assertThat(
              inHandler(
                  () -> {
                    loop.close();
                    return coroutine.isDone() && IOLoop.current(false) == null;
                  }))
          .isTrue();
      assertThat(events).containsExactly("waiting", "cancelled");
      loop.addCallback(() -> events.add("dropped"));
      assertThat(inHandler(() -> "alive")).isEqualTo("alive");
      assertThat(events).doesNotContain("dropped");
      loop.close();
      IOLoop another = NettyIOLoop.of(eventLoop);
      assertThat(another).isNotSameAs(loop);
      assertThat(get(another.spawnCallback(() -> IOLoop.current()))).isSameAs(another);
    }

    @Test
    void closeFromACoroutineOfItsOwnTakesPlaceAfterTheTurn() throws Exception {
      Future<String> coroutine =
          loop.spawnCallback(
              () -> {
                loop.close();
                await(new Future<>());
                return "";
              });
      assertThatThrownBy(() -> get(coroutine)).isInstanceOf(CancellationException.class);
      inHandler(() -> null);
      assertThat(loop.running()).isFalse();
    }

    @Test
    void closeFromAForeignThreadTakesPlaceSoon() throws Exception {
      loop.close();
      inHandler(() -> null);
      assertThat(loop.running()).isFalse();
    }

    /** Starts a coroutine whose clean-up waits for work that {@code gate} lets end. */
    Future<Void> cleansUpAfter(CountDownLatch gate) throws Exception {
      Future<Void> coroutine =
          loop.spawnCallback(
              () -> {
                try {
                  await(new Future<>());
                } finally {
                  events.add(
                      await(
                          loop.runInExecutor(
                              () -> {
                                gate.await();
                                return "flushed";
                              })));
                }
              });
      inHandler(() -> null);
      return coroutine;
    }

    void awaitClosed() throws Exception {
      while (loop.running()) {
        inHandler(() -> null);
      }
    }

    @Test
    void closeReturnsAtOnceAndTurnsOfTheHostUnwind() throws Exception {
      CountDownLatch gate = new CountDownLatch(1);
      Future<Void> coroutine = cleansUpAfter(gate);
      List<Future<?>> late =
          inHandler(
              () -> {
                loop.close();
                loop.addCallback(() -> events.add("callback"));
                loop.callLater(Duration.ofNanos(1), () -> events.add("timeout"));
                return List.of(
                    Gen.coroutine(() -> events.add("begun")),
                    loop.spawnCallback(() -> events.add("spawned")));
              });
      CompletableFuture<Boolean> closing = new CompletableFuture<>();
      loop.addCallback(() -> closing.complete(loop.running() && !coroutine.isDone()));
      assertThat(closing.get()).isTrue();
      assertThat(loop.toString()).contains("closing");
      for (Future<?> each : late) {
        assertThatThrownBy(() -> get(each)).isInstanceOf(CancellationException.class);
      }
      loop.close(true);
      gate.countDown();
      assertThatThrownBy(() -> get(coroutine)).isInstanceOf(CancellationException.class);
      awaitClosed();
      assertThat(events).containsExactlyInAnyOrder("callback", "timeout", "flushed");
      assertThat(loop.toString()).contains("closed");
    }

    @Test
    void closeFromAForeignThreadWaitsForNobody() throws Exception {
      CountDownLatch gate = new CountDownLatch(1);
      Future<Void> coroutine = cleansUpAfter(gate);
      loop.close();
      loop.close();
      assertThat(coroutine.isDone()).isFalse();
      gate.countDown();
      awaitClosed();
      assertThat(coroutine.cancelled()).isTrue();
      assertThat(events).containsExactly("flushed");
    }

    @Test
    void closeInTheFirstSegmentOfACoroutineUnwindsThatOneToo() throws Exception {
      Future<Void> coroutine =
          inHandler(
              () ->
                  Gen.coroutine(
                      () -> {
                        loop.close();
                        events.add("goes on");
                        await(new Future<>());
                      }));
      awaitClosed();
      assertThat(coroutine.cancelled()).isTrue();
      assertThat(events).containsExactly("goes on");
    }

    @Test
    void hostThatShutsDownHearsOtherThreadsMeanwhile() throws Exception {
      CountDownLatch gate = new CountDownLatch(1);
      Future<Void> coroutine = cleansUpAfter(gate);
      Executor another = task -> new Thread(task).start();
      another.execute(
          () -> {
            while (!loop.toString().contains("closing")) {
              Thread.onSpinWait();
            }
            gate.countDown();
          });
      group.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
      assertThatThrownBy(() -> get(coroutine)).isInstanceOf(CancellationException.class);
      awaitEnd();
      assertThat(events).containsExactly("flushed");
    }

    @Test
    void hostThatShutsDownEndsAClosingLoop() throws Exception {
      CountDownLatch gate = new CountDownLatch(1);
      Future<Void> coroutine = cleansUpAfter(gate);
      loop.close();
      group.shutdownGracefully(0, 10, TimeUnit.SECONDS);
      gate.countDown();
      assertThatThrownBy(() -> get(coroutine)).isInstanceOf(CancellationException.class);
      group.terminationFuture().sync();
      awaitEnd();
      assertThat(events).containsExactly("flushed");
    }

    /** Waits for the end of a loop whose host may tell it of its own end only afterwards. */
    private void awaitEnd() {
      while (loop.running()) {
        Thread.onSpinWait();
      }
    }

    @Test
    void hostThatShutsDownTakesItAlong() throws Exception {
      Future<Void> coroutine =
          loop.spawnCallback(
              () -> {
                try {
                  await(new Future<>());
                } finally {
                  await(sleep(Duration.ofMillis(1)));
                  events.add("unwound");
                }
              });
      inHandler(() -> null);
      group.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
      assertThatThrownBy(() -> get(coroutine)).isInstanceOf(CancellationException.class);
      assertThat(events).containsExactly("unwound");
      assertThat(loop.running()).isFalse();
      loop.addCallback(() -> events.add("dropped"));
      assertThat(loop.spawnCallback(() -> 1).cancelled()).isTrue();
      assertThat(events).containsExactly("unwound");
      assertThatThrownBy(() -> NettyIOLoop.of(eventLoop)).isInstanceOf(IllegalStateException.class);
    }
  }

  private abstract static class OnIoHandler extends Contract {
    abstract IoHandlerFactory factory();

    @Override
    EventLoopGroup newGroup() {
      return new MultiThreadIoEventLoopGroup(1, factory());
    }
  }

  @Nested
  class Epoll extends OnIoHandler {
    @BeforeAll
    static void skipWhereThereIsNone() {
      Pollers.assumeAvailable(new EpollProvider());
    }

    @Override
    IoHandlerFactory factory() {
      return EpollIoHandler.newFactory();
    }
  }

  @Nested
  class IoUring extends OnIoHandler {
    @BeforeAll
    static void skipWhereThereIsNone() {
      Pollers.assumeAvailable(new IoUringProvider());
    }

    @Override
    IoHandlerFactory factory() {
      return IoUringIoHandler.newFactory();
    }
  }

  @Nested
  class Nio extends OnIoHandler {
    @Override
    IoHandlerFactory factory() {
      return NioIoHandler.newFactory();
    }

    // A DefaultEventLoop would end with the error.
    @Test
    void loopIsClosedAlthoughACleanUpFailsFatally() throws Exception {
      try (ExpectLog log =
          new ExpectLog("io.netty.util.concurrent.AbstractEventExecutor", "raised an exception")) {
        Error fatal = new InternalError("on purpose");
        Future<Void> failing =
            loop.spawnCallback(
                () -> {
                  try {
                    await(new Future<>());
                  } catch (CancellationException e) {
                    throw fatal;
                  }
                });
        Future<Void> other = cleansUpAfter(new CountDownLatch(0));
        loop.close();
        awaitClosed();
        assertThat(failing.exception()).isSameAs(fatal);
        assertThat(other.cancelled()).isTrue();
        assertThat(events).containsExactly("flushed");
        assertThat(log.records()).isNotEmpty();
      }
    }
  }

  @Nested
  class OldNioGroup extends Contract {
    @Override
    @SuppressWarnings("deprecation") // It is what older servers have.
    EventLoopGroup newGroup() {
      return new NioEventLoopGroup(1);
    }
  }

  @Nested
  class WithoutIo extends Contract {
    @Override
    @SuppressWarnings("deprecation") // It is what tests of older servers have.
    EventLoopGroup newGroup() {
      return new DefaultEventLoopGroup(1);
    }
  }

  @Test
  @SuppressWarnings("deprecation") // It needs no backend.
  void cleanUpThatDoesNotEndIsAborted() throws Exception {
    EventLoopGroup group = new DefaultEventLoopGroup(1);
    EventLoop eventLoop = group.next();
    IOLoop loop = NettyIOLoop.of(eventLoop);
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    loop.spawnCallback(
        () -> {
          try {
            await(new Future<>());
          } finally {
            try {
              await(sleep(Duration.ofHours(1)));
            } catch (CancellationException e) {
              ended.complete(e);
            }
          }
        });
    eventLoop.submit(() -> loop.close()).get();
    assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
    group.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
    assertThat(loop.running()).isFalse();
  }

  @Test
  void eventLoopUnderAnIOLoopGivesThatOne() {
    Pollers.assumeAvailable(new EpollProvider());
    try (IOLoop own = IOLoop.create("epoll")) {
      assertThat(NettyIOLoop.of(NettyIOLoop.eventLoop(own))).isSameAs(own);
    }
  }
}
