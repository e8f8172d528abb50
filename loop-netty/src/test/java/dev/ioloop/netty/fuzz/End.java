package dev.ioloop.netty.fuzz;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static dev.ioloop.Gen.timeout;

import dev.ioloop.Future;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.StreamBufferFullException;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.netty.fuzz.Program.Cut;
import dev.ioloop.netty.fuzz.Program.Form;
import dev.ioloop.netty.fuzz.Program.Pause;
import dev.ioloop.netty.fuzz.Program.Plan;
import dev.ioloop.netty.fuzz.Program.Read;
import dev.ioloop.netty.fuzz.Program.Write;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One end of a connection: does what the plan says, and tells the model what comes of it. */
final class End {
  private static final int MARGIN = 3;

  private final Plan plan;
  private final Model model;
  private final IOStream stream;
  private final @Nullable SocketChannel channel;
  private final ByteBuffer direct;
  private final Consumer<Throwable> failure;
  private final IOException ownError = new IOException("on purpose");
  private final Future<@Nullable Void> readToTheEnd = new Future<>();
  private @Nullable Future<@Nullable Void> lastWrite;
  private @Nullable Throwable errorWhenRead;

  /** What ended writing and is about to close the stream. */
  private @Nullable Throwable failing;

  private String step = "nothing";
  private int closeCallbacks;

  /** What a readLine() has given. */
  private @Nullable String line;

  /** Where the bytes of a readInto() go; null for the other forms. */
  private @Nullable ByteBuffer target;

  /**
   * Makes one.
   *
   * @param direct what direct buffers to read into are made of
   * @param failure told of what goes wrong in a callback
   */
  End(Plan plan, Model model, Connections.End end, ByteBuffer direct, Consumer<Throwable> failure) {
    this.direct = direct;
    this.failure = failure;
    this.plan = plan;
    this.model = model;
    this.stream = end.stream();
    this.channel = end.channel();
    if (plan.maxRead() > 0) {
      stream.setMaxBufferSize(plan.maxRead());
    }
    if (plan.maxWrite() > 0) {
      stream.setMaxWriteBufferSize(plan.maxWrite());
    }
    if (plan.highMark() > 0) {
      stream.setWriteMarks(plan.lowMark(), plan.highMark());
    }
    stream.setAllowHalfClose(plan.halfClose());
    if (plan.closeCallback()) {
      stream.setCloseCallback(() -> closeCallbacks++);
    }
  }

  private static void pause(Pause pause) {
    for (int i = pause.length(); i < 0; i++) {
      await(moment);
    }
    if (pause.length() > 0) {
      await(sleep(Duration.ofNanos(pause.length() * 1_000L)));
    }
  }

  private void require(boolean condition, String text) {
    if (!condition) {
      throw new Difference(text + " " + this);
    }
  }

  private void checkFailure(StreamClosedException e) {
    if (!stream.closed() && failing == null) {
      failing = e.realError();
    }
    model.failed(e.realError(), stream.closed() ? stream.error() : failing, ownError);
  }

  // Writing

  void write() throws IOException {
    for (Write next : plan.writes()) {
      pause(next.before());
      if (!write(next)) {
        break;
      }
    }
    pause(plan.beforeFinish());
    finish();
  }

  /** Returns whether writing may go on. */
  private boolean write(Write next) {
    int from = plan.from() + Math.toIntExact(model.accepted());
    ByteBuffer data =
        switch (next.memory()) {
          case ARRAY -> ByteBuffer.wrap(Content.array(from, next.size()));
          case HEAP -> Content.heap(from, next.size());
          case DIRECT -> Content.direct(from, next.size());
          case READ_ONLY -> Content.direct(from, next.size()).asReadOnlyBuffer();
        };
    boolean array = next.memory() == Program.Memory.ARRAY;
    Future<@Nullable Void> written;
    boolean wasClosed = stream.closed();
    try {
      written = array ? stream.write(data.array()) : stream.write(data);
    } catch (StreamClosedException e) {
      require(wasClosed || e.realError() != null, "write() threw");
      checkFailure(e);
      return false;
    } catch (StreamBufferFullException e) {
      model.writeRefused(next.size());
      return true;
    }
    require(!wasClosed, "write() was taken by a closed stream");
    long end = model.writeBegun(next.size());
    lastWrite = written;
    written.addDoneCallback(
        done -> {
          try {
            model.writeDone(end, array ? 0 : data.remaining(), done.exception(), done.cancelled());
            if (done.exception() instanceof StreamClosedException e) {
              checkFailure(e);
            }
          } catch (Difference e) {
            failure.accept(e);
          }
        });
    try {
      switch (next.after()) {
        case NOTHING -> {}
        case AWAIT -> await(written);
        case AWAIT_WRITABLE -> await(stream.awaitWritable());
        case CANCEL -> written.cancel(true);
      }
    } catch (StreamClosedException e) {
      checkFailure(e);
      return false;
    }
    return true;
  }

  private void finish() throws IOException {
    switch (plan.finish()) {
      case SHUTDOWN -> {
        model.outputShutDown();
        stream.shutdownOutput();
        stream.shutdownOutput();
        try {
          stream.write(new byte[1]);
          throw new Difference("write() after shutdownOutput() was taken " + this);
        } catch (StreamClosedException e) {
          checkFailure(e);
        }
      }
      case CLOSE_WHEN_SENT -> {
        if (lastWrite != null && !lastWrite.cancelled()) {
          try {
            await(lastWrite);
          } catch (StreamClosedException e) {
            return;
          }
        }
        close(null);
      }
      case CLOSE_WHEN_READ -> {
        await(readToTheEnd);
        close(null);
      }
      case CLOSE -> close(null);
      case CLOSE_BY_ERROR -> close(ownError);
      case RESET -> {
        if (channel.isOpen()) {
          channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        close(null);
      }
    }
  }

  private void close(@Nullable Throwable error) {
    model.closes(plan.finish());
    stream.close(error);
    stream.close();
  }

  // Reading

  void read() {
    try {
      readAll();
    } finally {
      readToTheEnd.setResult(null);
    }
  }

  private void readAll() {
    boolean more = true;
    for (Read next : plan.reads()) {
      pause(next.before());
      more = read(next);
      if (!more) {
        break;
      }
    }
    while (more) {
      more = read(plan.last());
    }
    if (model.endSeen()) {
      checkEnded();
    }
  }

  /** Returns whether reading may go on. */
  private boolean read(Read next) {
    step = next.toString();
    ByteBuffer result;
    line = null;
    try {
      Future<?> future = begin(next);
      future.addDoneCallback(done -> errorWhenRead = stream.error());
      if (!future.done()) {
        require(stream.reading(), "reading() is false");
        checkSecondReadIsRefused();
      }
      result = outcome(future, next);
    } catch (StreamClosedException e) {
      checkFailure(e);
      failed(next, e);
      return false;
    }
    step = "between reads";
    if (result == null) {
      require(!stream.reading(), "reading() after a cancelled read");
      model.readCancelled(next);
      return true;
    }
    if (next.form() == Form.LINE) {
      if (line != null) {
        model.lineRead(next, line);
      }
    } else {
      model.readDone(next, result);
    }
    if (next.form() == Form.UNTIL_CLOSE || next.form() == Form.LINE && line == null) {
      require(errorWhenRead == null, "an end in order in spite of " + errorWhenRead);
      require(stream.closed() || plan.halfClose(), "not closed by the end");
      model.endReached();
      return false;
    }
    return true;
  }

  private Future<?> begin(Read next) {
    target = null;
    return switch (next.form()) {
      case BYTES -> stream.readBytes(next.size());
      case PARTIAL -> stream.readBytes(next.size(), true);
      case INTO -> stream.readInto(target(next));
      case INTO_PARTIAL -> stream.readInto(target(next), true);
      case UNTIL -> stream.readUntil(next.until().delimiter(), next.limit());
      case REGEX -> stream.readUntilRegex(next.until().pattern(), next.limit());
      case LINE -> stream.readLine(next.limit());
      case UNTIL_CLOSE -> stream.readUntilClose();
    };
  }

  private ByteBuffer target(Read next) {
    int capacity = next.size() + 2 * MARGIN;
    target = next.direct() ? direct.clear() : ByteBuffer.allocate(capacity);
    return target.limit(MARGIN + next.size()).position(MARGIN);
  }

  private void checkSecondReadIsRefused() {
    try {
      stream.readBytes(1);
      throw new Difference("a second read was begun " + this);
    } catch (IllegalStateException e) {
      // as it should be
    }
  }

  /** Returns what a read has given, or null where it was cancelled. */
  private @Nullable ByteBuffer outcome(Future<?> future, Read next) {
    if (next.cut() == Cut.NONE || future.done()) {
      return bytes(await(future));
    }
    if (next.cut() == Cut.TIMEOUT) {
      Duration patience = Duration.ofNanos(1_000L * Math.abs(next.patience().length()));
      try {
        return bytes(await(timeout(patience, () -> await((Future<?>) future))));
      } catch (LoopTimeoutException e) {
        require(future.cancelled(), "the timeout has passed, but the read is " + future);
        return null;
      }
    }
    if (next.cut() == Cut.CANCEL) {
      pause(next.patience());
      if (future.cancel(true)) {
        return null;
      }
      return bytes(await(future));
    }
    Future<?> coroutine = coroutine(() -> await((Future<?>) future));
    pause(next.patience());
    coroutine.cancel(true);
    try {
      return bytes(await(coroutine));
    } catch (CancellationException e) {
      require(future.cancelled(), "the coroutine is cancelled, but the read is " + future);
      return null;
    }
  }

  private ByteBuffer bytes(@Nullable Object value) {
    if (value == null || value instanceof String) {
      line = (String) value;
      return ByteBuffer.allocate(0);
    }
    if (value instanceof byte[] bytes) {
      return ByteBuffer.wrap(bytes);
    }
    int count = (Integer) value;
    require(target.position() == MARGIN + count, count + " bytes, but " + target);
    return target.duplicate().position(MARGIN).limit(MARGIN + count);
  }

  /** A read has failed: what came before it can still be read. */
  private void failed(Read next, StreamClosedException e) {
    require(stream.closed() || plan.halfClose(), "a read failed of an open stream: " + e);
    ByteBuffer rest = ByteBuffer.wrap(rest(e.realError()));
    model.readFailed(next, e.realError(), rest.remaining());
    model.restRead(rest);
    if (e.realError() == null) {
      model.endReached();
    }
  }

  private byte[] rest(@Nullable Throwable error) {
    if (error == null && stream.error() == null) {
      Future<byte[]> rest = stream.readUntilClose();
      require(rest.done(), "the rest is not there at once");
      return rest.result();
    }
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    while (true) {
      try {
        Future<byte[]> some = stream.readBytes(1 << 20, true);
        require(some.done(), "what is left is not there at once");
        rest.writeBytes(some.result());
      } catch (StreamClosedException e) {
        checkFailure(e);
        return rest.toByteArray();
      }
    }
  }

  private void checkEnded() {
    try {
      require(await(stream.readUntilClose()).length == 0, "something comes after the end");
    } catch (StreamClosedException e) {
      require(e.realError() != null, "no end after the end");
      checkFailure(e);
    }
    try {
      stream.readBytes(1);
      throw new Difference("a read was begun after the end " + this);
    } catch (StreamClosedException e) {
      checkFailure(e);
    }
  }

  // The end of a round

  void close() {
    stream.close();
  }

  void finished() {
    require(!stream.reading(), "reading() after the end");
    require(!stream.writing(), "writing() after the end");
    model.finished();
    int expected = plan.closeCallback() ? 1 : 0;
    require(closeCallbacks == expected, closeCallbacks + " calls of the close callback");
  }

  @Override
  public String toString() {
    return "[" + model + "; " + step + "; " + stream + ", error " + stream.error() + "]";
  }
}
