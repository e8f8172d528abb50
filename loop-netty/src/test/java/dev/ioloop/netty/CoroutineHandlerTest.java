package dev.ioloop.netty;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static dev.ioloop.Gen.withTimeout;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.tck.OnEachGenerator;
import dev.ioloop.testing.ExpectLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Coroutines as handlers, on a channel without a network. */
@OnEachGenerator
class CoroutineHandlerTest {
  private final List<Object> events = new ArrayList<>();
  private final List<Future<String>> gates = new ArrayList<>();

  /** Awaits a gate for each message. */
  private class Gated extends CoroutineHandler<ByteBuf> {
    @Override
    protected void handle(ChannelHandlerContext ctx, ByteBuf message) throws Exception {
      String text = message.toString(US_ASCII);
      events.add(text);
      Future<String> gate = new Future<>();
      gates.add(gate);
      try {
        events.add(text + ":" + await(gate));
      } catch (CancellationException e) {
        events.add(text + " cancelled");
        throw e;
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      events.add(cause);
    }
  }

  /** Makes a message of each byte, so that one read brings many. */
  private static final class ByteDecoder extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      while (bytes.isReadable()) {
        ctx.fireChannelRead(bytes.readRetainedSlice(1));
      }
      bytes.release();
    }
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, US_ASCII);
  }

  private void open(EmbeddedChannel channel, int gate, String result) {
    gates.get(gate).setResult(result);
    channel.runPendingTasks();
  }

  @Test
  void messagesAreHandledOneAfterTheOtherInOrder() {
    EmbeddedChannel channel = new EmbeddedChannel(new ByteDecoder(), new Gated());
    channel.writeInbound(bytes("abc"));
    assertThat(events).containsExactly("a");
    open(channel, 0, "1");
    assertThat(events).containsExactly("a", "a:1", "b");
    open(channel, 1, "2");
    open(channel, 2, "3");
    assertThat(events).containsExactly("a", "a:1", "b", "b:2", "c", "c:3");
    channel.finishAndReleaseAll();
  }

  @Test
  void channelReadsOneMessageAhead() {
    EmbeddedChannel channel = new EmbeddedChannel(new Gated());
    channel.writeInbound(bytes("a"));
    assertThat(channel.config().isAutoRead()).isTrue();
    channel.writeInbound(bytes("b"));
    assertThat(channel.config().isAutoRead()).isFalse();
    open(channel, 0, "1");
    assertThat(channel.config().isAutoRead()).isTrue();
    open(channel, 1, "2");
    assertThat(events).containsExactly("a", "a:1", "b", "b:2");
    channel.finishAndReleaseAll();
  }

  @Test
  void autoReadThatWasOffStaysOff() {
    EmbeddedChannel channel = new EmbeddedChannel(new Gated());
    channel.config().setAutoRead(false);
    channel.writeInbound(bytes("a"), bytes("b"));
    open(channel, 0, "1");
    open(channel, 1, "2");
    assertThat(channel.config().isAutoRead()).isFalse();
    channel.finishAndReleaseAll();
  }

  @Test
  void messageIsReleasedWhenItWasHandled() {
    EmbeddedChannel channel = new EmbeddedChannel(new Gated());
    ByteBuf first = bytes("a");
    ByteBuf second = bytes("b");
    channel.writeInbound(first, second);
    assertThat(first.refCnt()).isOne();
    open(channel, 0, "1");
    assertThat(first.refCnt()).isZero();
    assertThat(second.refCnt()).isOne();
    gates.get(1).setException(new IllegalStateException("fails"));
    channel.runPendingTasks();
    assertThat(second.refCnt()).isZero();
    channel.finishAndReleaseAll();
  }

  @Test
  void failureGoesToExceptionCaughtAndTheNextMessageFollows() {
    EmbeddedChannel channel = new EmbeddedChannel(new Gated());
    channel.writeInbound(bytes("a"), bytes("b"));
    Exception failure = new Exception("checked");
    gates.get(0).setException(failure);
    channel.runPendingTasks();
    assertThat(events).containsExactly("a", failure, "b");
    channel.finishAndReleaseAll();
  }

  @Test
  void channelThatNobodyRunsAnyMoreIsNotReported() throws Exception {
    EmbeddedChannel channel = new EmbeddedChannel(new Gated());
    IOLoop loop = NettyIOLoop.of(channel.eventLoop());
    loop.setBlockingLogThreshold(Duration.ofMillis(20));
    channel.writeInbound(bytes("a"));
    channel.close();
    try (ExpectLog log = new ExpectLog("dev.ioloop", "blocked for")) {
      // One with a longer limit tells when enough time has passed.
      Thread witness = new Thread(CoroutineHandlerTest::blockUntilThatIsReported);
      witness.start();
      witness.join();
      assertThat(loop.slowCallbacks()).isEmpty();
      assertThat(log.records()).isNotEmpty();
    }
    channel.finishAndReleaseAll();
  }

  private static void blockUntilThatIsReported() {
    try (IOLoop loop = IOLoop.create("nio")) {
      loop.setBlockingLogThreshold(Duration.ofMillis(300));
      loop.runSync(
          () -> {
            while (loop.slowCallbacks().isEmpty()) {
              Thread.onSpinWait();
            }
          });
    }
  }

  @Test
  void failureReachesTheNextHandlerByDefault() {
    Exception failure = new Exception("checked");
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new CoroutineHandler<String>() {
              @Override
              protected void handle(ChannelHandlerContext ctx, String message) throws Exception {
                await(sleep(Duration.ZERO));
                throw failure;
              }
            });
    assertThatThrownBy(
            () -> {
              channel.writeInbound("message");
              channel.runPendingTasks();
              channel.checkException();
            })
        .isSameAs(failure);
  }

  @Test
  void closeOfTheChannelCancelsTheCoroutineAndReleasesWhatWaits() {
    EmbeddedChannel channel = new EmbeddedChannel(new Gated());
    ByteBuf handled = bytes("a");
    ByteBuf waiting = bytes("b");
    channel.writeInbound(handled, waiting);
    channel.close();
    channel.runPendingTasks();
    assertThat(events).containsExactly("a", "a cancelled");
    assertThat(handled.refCnt()).isZero();
    assertThat(waiting.refCnt()).isZero();
    assertThat(IOLoop.current().stats().coroutinesSuspended()).isZero();
  }

  @Test
  void closeOfTheLoopCancelsTheCoroutineAndBeginsNothingThatWaits() {
    EmbeddedChannel channel = new EmbeddedChannel(new Gated());
    ByteBuf handled = bytes("a");
    ByteBuf waiting = bytes("b");
    channel.writeInbound(handled, waiting);
    NettyIOLoop.of(channel.eventLoop()).close();
    channel.runPendingTasks();
    assertThat(events).containsExactly("a", "a cancelled");
    assertThat(handled.refCnt()).isZero();
    assertThat(waiting.refCnt()).isZero();
    channel.finishAndReleaseAll();
  }

  @Test
  void cancellationThatIsTheHandlersOwnIsAFailure() {
    EmbeddedChannel channel = new EmbeddedChannel(new Gated());
    channel.writeInbound(bytes("a"), bytes("b"));
    gates.get(0).cancel(false);
    channel.runPendingTasks();
    assertThat(events).hasSize(4).startsWith("a", "a cancelled").endsWith("b");
    assertThat(events.get(2)).isInstanceOf(CancellationException.class);
    channel.finishAndReleaseAll();
  }

  @Test
  void failureWhileItUnwindsIsReported() {
    IllegalStateException failure = new IllegalStateException("in finally");
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new CoroutineHandler<String>() {
              @Override
              protected void handle(ChannelHandlerContext ctx, String message) {
                try {
                  await(new Future<>());
                } finally {
                  raise(failure);
                }
              }
            });
    channel.writeInbound("message");
    channel.close();
    channel.runPendingTasks();
    assertThatThrownBy(channel::checkException).isSameAs(failure);
  }

  private static void raise(RuntimeException failure) {
    throw failure;
  }

  @Test
  void otherMessagesAndEventsPassThrough() {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new Gated(),
            new ChannelInboundHandlerAdapter() {
              @Override
              public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                events.add(event);
              }

              @Override
              public void channelWritabilityChanged(ChannelHandlerContext ctx) {
                events.add("writable: " + ctx.channel().isWritable());
              }
            });
    channel.writeInbound("no buffer");
    assertThat(channel.<Object>readInbound()).isEqualTo("no buffer");
    channel.pipeline().fireUserEventTriggered("event");
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    channel.runPendingTasks();
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
    channel.runPendingTasks();
    assertThat(events).containsExactly("event", "writable: false", "writable: true");
    channel.finishAndReleaseAll();
  }

  @Test
  void writerWaitsUntilTheChannelIsWritable() {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new CoroutineHandler<String>() {
              @Override
              protected void handle(ChannelHandlerContext ctx, String message) {
                ctx.channel().unsafe().outboundBuffer().setUserDefinedWritability(1, false);
                events.add(message);
                try {
                  await(whenWritable(ctx));
                  events.add("writable");
                  await(whenWritable(ctx));
                  events.add("still");
                } catch (RuntimeException e) {
                  events.add(e.getClass());
                  throw e;
                }
              }
            });
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 2));
    channel.writeInbound("first");
    channel.runPendingTasks();
    assertThat(events).containsExactly("first");
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
    channel.runPendingTasks();
    assertThat(events).containsExactly("first", "writable", "still");
  }

  @Test
  void waitForWritableIsCancelledWithTheChannel() {
    List<Future<Void>> waits = new ArrayList<>();
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new CoroutineHandler<String>() {
              @Override
              protected void handle(ChannelHandlerContext ctx, String message) {
                ctx.channel().unsafe().outboundBuffer().setUserDefinedWritability(1, false);
                waits.add(whenWritable(ctx));
              }

              @Override
              public void channelInactive(ChannelHandlerContext ctx) {
                super.channelInactive(ctx);
                waits.add(whenWritable(ctx));
              }
            });
    channel.writeInbound("message");
    channel.close();
    channel.runPendingTasks();
    assertThat(waits).hasSize(2).allSatisfy(wait -> assertThat(wait.isCancelled()).isTrue());
  }

  /** Makes more unsent than may be, each time it handles a message, and then waits. */
  private class Writer extends CoroutineHandler<String> {
    @Override
    protected void handle(ChannelHandlerContext ctx, String message) throws Exception {
      events.add(message);
      setWritable(ctx.channel(), false);
      awaitWritable(ctx);
    }

    void awaitWritable(ChannelHandlerContext ctx) throws Exception {
      await(whenWritable(ctx));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      events.add(cause);
    }
  }

  private static void setWritable(Channel channel, boolean writable) {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
  }

  @Test
  void peerThatLeavesWhileTheHandlerWaitsForWritableIsNoFailure() {
    EmbeddedChannel channel = new EmbeddedChannel(new Writer());
    channel.writeInbound("a");
    channel.runPendingTasks();
    channel.close();
    channel.runPendingTasks();
    assertThat(events).containsExactly("a");
    assertThat(IOLoop.current().stats().coroutinesSuspended()).isZero();
  }

  @Test
  void peerThatLeavesWhileACoroutineOfTheHandlersWaitsForWritableIsNoFailure() {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new Writer() {
              @Override
              void awaitWritable(ChannelHandlerContext ctx) throws Exception {
                await(withTimeout(Duration.ofHours(1), coroutine(() -> super.awaitWritable(ctx))));
              }
            });
    channel.writeInbound("a");
    channel.runPendingTasks();
    channel.close();
    channel.runPendingTasks();
    assertThat(events).containsExactly("a");
    assertThat(IOLoop.current().stats().coroutinesSuspended()).isZero();
  }

  @Test
  void noMessageIsBegunAndNothingIsReadWhileTheChannelIsNotWritable() {
    EmbeddedChannel channel = new EmbeddedChannel(new ByteDecoder(), new Gated());
    setWritable(channel, false); // Whoever wrote that.
    channel.runPendingTasks();
    assertThat(channel.config().isAutoRead()).isFalse();
    channel.writeInbound(bytes("ab"));
    assertThat(events).isEmpty();
    setWritable(channel, true);
    channel.runPendingTasks();
    assertThat(events).containsExactly("a");
    open(channel, 0, "1");
    assertThat(events).containsExactly("a", "a:1", "b");
    assertThat(channel.config().isAutoRead()).isTrue();
    setWritable(channel, false);
    channel.runPendingTasks();
    channel.writeInbound(bytes("c"));
    open(channel, 1, "2");
    assertThat(events).containsExactly("a", "a:1", "b", "b:2");
    assertThat(channel.config().isAutoRead()).isFalse();
    channel.close();
    channel.runPendingTasks();
    assertThat(events).containsExactly("a", "a:1", "b", "b:2");
  }

  @Test
  void handlerThatDoesNotWaitForWritableBeginsAllTheSame() {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new CoroutineHandler<String>() {
              @Override
              protected void handle(ChannelHandlerContext ctx, String message) {
                events.add(message);
              }

              @Override
              protected boolean waitsForWritable() {
                return false;
              }
            });
    setWritable(channel, false);
    channel.runPendingTasks();
    channel.writeInbound("a", "b");
    assertThat(events).containsExactly("a", "b");
    assertThat(channel.config().isAutoRead()).isTrue();
    channel.finishAndReleaseAll();
  }

  @Test
  void messageThatCannotBeReleasedIsAFailureAndTheNextFollows() {
    Gated gated =
        new Gated() {
          @Override
          protected void handle(ChannelHandlerContext ctx, ByteBuf message) throws Exception {
            if (message.equals(bytes("b"))) {
              await(moment);
            }
            message.release(); // Once too often.
            super.handle(ctx, bytes("c"));
          }
        };
    EmbeddedChannel channel = new EmbeddedChannel(gated);
    channel.writeInbound(bytes("a"), bytes("b"));
    open(channel, 0, "1");
    channel.runPendingTasks();
    assertThat(events.get(2)).isInstanceOf(IllegalReferenceCountException.class);
    assertThat(events).hasSize(4).startsWith("c", "c:1").endsWith("c");
    open(channel, 1, "2");
    assertThat(events.get(5)).isInstanceOf(IllegalReferenceCountException.class);
    channel.writeInbound(bytes("d"));
    assertThat(events).hasSize(7).endsWith("c");
    channel.finishAndReleaseAll();
  }

  @Test
  void messagesThatWaitAreReleasedThoughOneOfThemCannotBe() {
    EmbeddedChannel channel = new EmbeddedChannel(new Gated());
    ByteBuf handled = bytes("a");
    ByteBuf gone = bytes("b");
    ByteBuf waiting = bytes("c");
    channel.writeInbound(handled, gone, waiting);
    gone.release();
    channel.close();
    channel.runPendingTasks();
    assertThat(handled.refCnt()).isZero();
    assertThat(waiting.refCnt()).isZero();
    assertThat(events).hasSize(3).contains("a", "a cancelled");
  }

  @Test
  void exceptionCaughtThatThrowsAnErrorDoesNotStopTheChannel() {
    AssertionError thrown = new AssertionError("in exceptionCaught");
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new CoroutineHandler<String>() {
              @Override
              protected void handle(ChannelHandlerContext ctx, String message) {
                events.add(message);
                raise(new IllegalStateException(message));
              }

              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                if (cause.getMessage().equals("a")) {
                  throw thrown;
                }
                events.add(cause.getMessage());
              }
            });
    assertThatThrownBy(() -> channel.writeInbound("a", "b")).isSameAs(thrown);
    assertThat(events).containsExactly("a", "b", "b");
  }

  @Test
  void nothingIsBegunBehindAMessageThatClosesTheChannel() {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new ByteDecoder(),
            new Gated() {
              @Override
              protected void handle(ChannelHandlerContext ctx, ByteBuf message) throws Exception {
                events.add("closes");
                ctx.close(); // channelInactive comes by a later task.
              }
            });
    channel.writeOneInbound(bytes("ab"));
    channel.runPendingTasks();
    assertThat(events).containsExactly("closes");
  }

  @Test
  void messageMadeOfTheEndIsReleasedAndNotBegun() {
    ByteBuf last = bytes("z");
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelInactive(ChannelHandlerContext ctx) {
                ctx.fireChannelRead(last);
                ctx.fireChannelInactive();
                ctx.fireChannelRead(bytes("after"));
              }
            },
            new Gated());
    channel.close();
    channel.runPendingTasks();
    assertThat(events).isEmpty();
    assertThat(last.refCnt()).isZero();
    assertThat(channel.<Object>readInbound()).isNull();
  }

  @Test
  void closeOfTheChannelCancelsTheCoroutineOfAHandlerThatWasRemoved() {
    Gated gated = new Gated();
    EmbeddedChannel channel = new EmbeddedChannel(gated);
    channel.writeInbound(bytes("a"));
    channel.pipeline().remove(gated);
    channel.close();
    channel.runPendingTasks();
    assertThat(events).containsExactly("a", "a cancelled");
  }

  @Test
  void handlerThatIsRemovedWaitsForWritableNoMore() {
    Writer writer = new Writer();
    EmbeddedChannel channel = new EmbeddedChannel(writer);
    channel.writeInbound("a");
    channel.runPendingTasks();
    channel.pipeline().remove(writer);
    channel.runPendingTasks();
    assertThat(IOLoop.current().stats().coroutinesSuspended()).isZero();
    assertThat(channel.config().isAutoRead()).isTrue();
    channel.finishAndReleaseAll();
  }

  @Test
  void handlerThatIsRemovedEndsItsMessageAndHandsOnTheRest() {
    Gated gated = new Gated();
    EmbeddedChannel channel = new EmbeddedChannel(gated);
    ByteBuf waiting = bytes("b");
    channel.writeInbound(bytes("a"), waiting);
    channel.pipeline().remove(gated);
    assertThat(channel.<Object>readInbound()).isSameAs(waiting);
    assertThat(channel.config().isAutoRead()).isTrue();
    open(channel, 0, "1");
    assertThat(events).containsExactly("a", "a:1");
    waiting.release();
    channel.finishAndReleaseAll();
  }

  @Test
  void clockOfTheChannelIsTheLoops() {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new CoroutineHandler<String>() {
              @Override
              protected void handle(ChannelHandlerContext ctx, String message) {
                await(sleep(Duration.ofHours(1)));
                events.add(message);
              }
            });
    channel.freezeTime();
    channel.writeInbound("message");
    channel.runPendingTasks();
    channel.advanceTimeBy(59, TimeUnit.MINUTES);
    channel.runPendingTasks();
    assertThat(events).isEmpty();
    channel.advanceTimeBy(1, TimeUnit.MINUTES);
    channel.runPendingTasks();
    assertThat(events).containsExactly("message");
  }

  @Test
  @SuppressWarnings("deprecation") // Executors of handlers still exist.
  void onlyTheChannelsEventLoopWillDo() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.pipeline().addLast(ImmediateEventExecutor.INSTANCE.next(), new Gated());
    assertThatThrownBy(channel::checkException)
        .hasRootCauseInstanceOf(IllegalStateException.class)
        .hasStackTraceContaining("event loop");
  }
}
