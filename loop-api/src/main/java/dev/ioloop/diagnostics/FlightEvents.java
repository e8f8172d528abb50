package dev.ioloop.diagnostics;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.SettingDefinition;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** The flight recorder events. Called only if {@link Flight} says that an event is wanted. */
public final class FlightEvents {
  private FlightEvents() {}

  static void follow() {
    FlightRecorder.addListener(
        new FlightRecorderListener() {
          @Override
          public void recorderInitialized(FlightRecorder recorder) {
            refresh();
          }

          @Override
          public void recordingStateChanged(Recording recording) {
            refresh();
          }
        });
  }

  /** Looks at all events, so that the recorder knows all of them. */
  private static void refresh() {
    Flight.blockedLoops = EventType.getEventType(LoopBlocked.class).isEnabled();
    Flight.slowTurns = EventType.getEventType(SlowTurn.class).isEnabled();
    Flight.lateTimeouts = EventType.getEventType(TimeoutLate.class).isEnabled();
    Flight.coroutines =
        EventType.getEventType(CoroutineStart.class).isEnabled()
            | EventType.getEventType(CoroutineWait.class).isEnabled()
            | EventType.getEventType(CoroutineEnd.class).isEnabled();
    Flight.streams =
        EventType.getEventType(StreamOpen.class).isEnabled()
            | EventType.getEventType(StreamClose.class).isEnabled();
  }

  // Loops

  /** Records that a loop was blocked and now goes on. */
  public static void loopBlocked(
      Object loop, long nanos, @Nullable String coroutine, String stack) {
    LoopBlocked event = new LoopBlocked();
    event.loop = loop.toString();
    event.blocked = nanos;
    event.coroutine = coroutine;
    event.stack = stack;
    event.commit();
  }

  /** Records that a timeout fired late. */
  public static void timeoutLate(Object loop, long nanos) {
    TimeoutLate event = new TimeoutLate();
    if (event.shouldCommit()) {
      event.loop = loop.toString();
      event.late = nanos;
      event.commit();
    }
  }

  /** Begins an event for iterations or a handler. Pass the result to {@link #endTurn}. */
  public static Object beginTurn() {
    SlowTurn event = new SlowTurn();
    event.begin();
    return event;
  }

  /**
   * Ends an event for iterations or a handler.
   *
   * @param turns how many iterations ran
   * @param handler null for the callbacks and timeouts of iterations
   */
  public static void endTurn(Object begun, Object loop, long turns, @Nullable Object handler) {
    SlowTurn event = (SlowTurn) begun;
    event.end();
    if (event.shouldCommit()) {
      event.loop = loop.toString();
      event.turns = turns;
      event.handler = handler == null ? null : handler.toString();
      event.commit();
    }
  }

  @Name("dev.ioloop.SlowTurn")
  @Label("Slow Turn")
  @Description("The callbacks and timeouts of an iteration, or a handler, took a long time")
  @Category("ioloop")
  @Threshold("20 ms")
  @StackTrace(false)
  private static final class SlowTurn extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Turns")
    @Description("How many iterations ran without a poll between them")
    long turns;

    @Label("Handler")
    @Description("The channel's handler, if a handler took a long time")
    @Nullable String handler;
  }

  @Name("dev.ioloop.LoopBlocked")
  @Label("Loop Blocked")
  @Description("An iteration of a loop has taken longer than the limit of the watchdog")
  @Category("ioloop")
  @StackTrace(false)
  private static final class LoopBlocked extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Blocked")
    @Timespan(Timespan.NANOSECONDS)
    long blocked;

    @Label("Coroutine")
    @Nullable String coroutine;

    @Label("Stack")
    @Description("The stack of the loop's thread")
    @Nullable String stack;
  }

  @Name("dev.ioloop.TimeoutLate")
  @Label("Timeout Late")
  @Description("A timeout has fired more than 10 ms late")
  @Category("ioloop")
  @StackTrace(false)
  private static final class TimeoutLate extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Late")
    @Timespan(Timespan.NANOSECONDS)
    long late;
  }

  // Coroutines

  /** Records that a coroutine begins. */
  public static void coroutineStart(Object coroutine) {
    CoroutineStart event = new CoroutineStart();
    if (event.shouldCommit()) {
      event.coroutine = coroutine.toString();
      event.id = System.identityHashCode(coroutine);
      event.commit();
    }
  }

  /** Records that a coroutine is resumed after a wait. */
  public static void coroutineWait(Object coroutine, long waitedNanos) {
    CoroutineWait event = new CoroutineWait();
    if (event.shouldCommit()) {
      event.coroutine = coroutine.toString();
      event.id = System.identityHashCode(coroutine);
      event.waited = waitedNanos;
      event.commit();
    }
  }

  /** Records that a coroutine has ended. */
  public static void coroutineEnd(Object coroutine, @Nullable Throwable failure) {
    CoroutineEnd event = new CoroutineEnd();
    if (event.shouldCommit()) {
      event.coroutine = coroutine.toString();
      event.id = System.identityHashCode(coroutine);
      event.failure = failure == null ? null : failure.getClass().getName();
      event.commit();
    }
  }

  @Name("dev.ioloop.CoroutineStart")
  @Label("Coroutine Start")
  @Category({"ioloop", "Coroutine"})
  @Enabled(false)
  @StackTrace(true)
  private static final class CoroutineStart extends Event {
    @Label("Coroutine")
    @Nullable String coroutine;

    @Label("Identity")
    int id;
  }

  @Name("dev.ioloop.CoroutineWait")
  @Label("Coroutine Wait")
  @Description("A coroutine was resumed after having been suspended for a while")
  @Category({"ioloop", "Coroutine"})
  @Enabled(false)
  @StackTrace(false)
  private static final class CoroutineWait extends Event {
    @Label("Coroutine")
    @Nullable String coroutine;

    @Label("Identity")
    int id;

    @Label("Waited")
    @Description("In steps of about a millisecond")
    @Timespan(Timespan.NANOSECONDS)
    long waited;

    /**
     * Always true: waits that are too short never become events, see {@link Flight#longWaitNanos}.
     */
    @SettingDefinition
    @Name("longerThan")
    @Label("Longer Than")
    @Description("Record only waits of at least this length; in steps of about a millisecond")
    @Timespan
    private boolean longerThan(LongWait setting) {
      return true;
    }
  }

  @Name("dev.ioloop.CoroutineEnd")
  @Label("Coroutine End")
  @Category({"ioloop", "Coroutine"})
  @Enabled(false)
  @StackTrace(false)
  private static final class CoroutineEnd extends Event {
    @Label("Coroutine")
    @Nullable String coroutine;

    @Label("Identity")
    int id;

    @Label("Failure")
    @Nullable String failure;
  }

  // Streams

  /** Records that a stream was opened. */
  public static void streamOpen(Object stream) {
    StreamOpen event = new StreamOpen();
    if (event.shouldCommit()) {
      event.stream = stream.toString();
      event.id = System.identityHashCode(stream);
      event.commit();
    }
  }

  /** Records that a stream was closed. */
  public static void streamClose(
      Object stream, long received, long sent, @Nullable Throwable failure) {
    StreamClose event = new StreamClose();
    if (event.shouldCommit()) {
      event.id = System.identityHashCode(stream);
      event.received = received;
      event.sent = sent;
      event.failure = failure == null ? null : failure.toString();
      event.commit();
    }
  }

  @Name("dev.ioloop.StreamOpen")
  @Label("Stream Open")
  @Category({"ioloop", "Stream"})
  @StackTrace(false)
  private static final class StreamOpen extends Event {
    @Label("Stream")
    @Nullable String stream;

    @Label("Identity")
    int id;
  }

  @Name("dev.ioloop.StreamClose")
  @Label("Stream Close")
  @Category({"ioloop", "Stream"})
  @StackTrace(false)
  private static final class StreamClose extends Event {
    @Label("Identity")
    int id;

    @Label("Received")
    @DataAmount
    long received;

    @Label("Sent")
    @DataAmount
    long sent;

    @Label("Failure")
    @Nullable String failure;
  }
}
