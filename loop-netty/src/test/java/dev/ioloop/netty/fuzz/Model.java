package dev.ioloop.netty.fuzz;

import dev.ioloop.net.StreamBufferFullException;
import dev.ioloop.net.StreamClosedException;
import dev.ioloop.net.UnsatisfiableReadException;
import dev.ioloop.netty.fuzz.Program.Finish;
import dev.ioloop.netty.fuzz.Program.Form;
import dev.ioloop.netty.fuzz.Program.Plan;
import dev.ioloop.netty.fuzz.Program.Read;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What one end of a connection may see, as the documentation of streams promises it. It is told of
 * all that happens, on both ends, and says what is not allowed. Where the documentation leaves a
 * choice, because time or the system decides, each of the outcomes is allowed.
 *
 * <p>The rules, in the words of the Javadoc and of the guide:
 *
 * <ol>
 *   <li>Bytes arrive once, in order, and none that was not written.
 *   <li>A read gives what it asks for, and what comes beyond is kept for the next.
 *   <li>A read that is cancelled loses nothing.
 *   <li>After {@code shutdownOutput()}, the peer gets all, and then an end without an error. After
 *       {@code close()}, it gets at least what the system had taken.
 *   <li>A read fails only if what has come, to the last byte, does not satisfy it.
 *   <li>An error is a reset connection, or the limit that was exceeded, and needs its reason: a
 *       peer that has reset the connection, or has closed it and not read all.
 *   <li>What was received can be read after the end.
 *   <li>Writes are done in order, and each is taken whole.
 * </ol>
 */
final class Model {

  /** How long an end of TLS is sure to be told of although the peer reads nothing. */
  private static final long GOODBYE_NANOS = Duration.ofMillis(900).toNanos();

  /** In UTF-8, for each char of a string. */
  private static final int MOST_BYTES_OF_A_CHAR = 3;

  private static final byte[] NEWLINE = {'\n'};

  private final String name;
  private final Flavour flavour;
  private final boolean client;
  private final Plan plan;

  /** Whether the stream is closed, whatever did it. */
  private final BooleanSupplier closed;

  /** The model of the other end. */
  private @Nullable Model peer;

  /** The bytes that write() has taken. */
  private long accepted;

  /** The bytes up to the end of the last write whose future says that it is done. */
  private long confirmed;

  /** The bytes that reads have given. */
  private long delivered;

  /** The writes whose futures are not done. */
  private int pendingWrites;

  private boolean shutDown;

  /** When it was seen open for the last time. */
  private long openTime = System.nanoTime();

  /** By which of its own steps this end was closed, or null. */
  private @Nullable Finish closedBy;

  private boolean endSeen;

  /** Whether a read that was cancelled may have left more than the limit of the read buffer. */
  private boolean overfull;

  Model(String name, Flavour flavour, boolean client, Plan plan, BooleanSupplier closed) {
    this.name = name;
    this.flavour = flavour;
    this.client = client;
    this.plan = plan;
    this.closed = closed;
  }

  void setPeer(Model peer) {
    this.peer = peer;
  }

  private Difference difference(String text) {
    return new Difference(name + ": " + text);
  }

  private void require(boolean condition, String text) {
    if (!condition) {
      throw difference(text);
    }
  }

  // Writing

  long accepted() {
    return accepted;
  }

  /** write() has returned; its bytes end here. */
  long writeBegun(int size) {
    require(!shutDown, "a write was taken after the end of the output");
    require(
        plan.maxWrite() == 0 || size <= plan.maxWrite(),
        "a write of "
            + size
            + " was taken, although at most "
            + plan.maxWrite()
            + " may be unsent");
    accepted += size;
    pendingWrites++;
    return accepted;
  }

  void writeRefused(int size) {
    require(!closed(), "a write to a closed stream was refused because of its size");
    require(plan.maxWrite() > 0, "a write was refused without a limit");
    require(
        size + accepted - confirmed > plan.maxWrite(),
        "a write of " + size + " was refused with " + (accepted - confirmed) + " unsent at most");
  }

  /** The future of a write is done. */
  void writeDone(long end, int remaining, @Nullable Throwable failure, boolean cancelled) {
    pendingWrites--;
    if (cancelled) {
      return;
    }
    if (failure == null) {
      require(remaining == 0, "a write is done with " + remaining + " bytes left in its buffer");
      require(end >= confirmed, "a write is done after a later one");
      confirmed = end;
    } else {
      require(failure instanceof StreamClosedException, "a write failed with " + failure);
    }
  }

  void outputShutDown() {
    shutDown |= !closed();
  }

  // Closing

  private boolean closed() {
    boolean now = closed.getAsBoolean();
    if (!now) {
      openTime = System.nanoTime();
    }
    return now;
  }

  /** The program closes it now. */
  void closes(Finish by) {
    if (!closed()) {
      closedBy = by;
    }
  }

  void finished() {
    require(pendingWrites == 0, pendingWrites + " writes are pending after the end");
  }

  // Errors

  /** Whether the system may have told this end that the peer has gone without reading all. */
  private boolean mayBeReset() {
    if (!peer.closed()) {
      return false;
    }
    boolean unread = accepted > peer.delivered;
    if (flavour.isTls()) {
      unread |= (shutDown || closed()) && !peer.endSeen; // our close_notify
      unread |= flavour.isTls13() && peer.client && peer.delivered == 0; // our session tickets
    }
    return unread || peer.closedBy == Finish.RESET;
  }

  /** Whether the peer's TLS has ended its output by itself, because ours has ended. */
  private boolean isAnswered() {
    return shutDown && flavour.answersByClosing();
  }

  private boolean mayHaveEnded() {
    return peer.shutDown || peer.closed() || isAnswered();
  }

  /** Whether the peer may have gone without close_notify. */
  private boolean mayLackGoodbye() {
    return flavour.isTls()
        && peer.closed()
        && (mayBeReset()
            || peer.accepted > peer.confirmed
            || System.nanoTime() - peer.openTime > GOODBYE_NANOS);
  }

  /** The real error of whatever has failed. */
  void failed(@Nullable Throwable error, @Nullable Throwable streamError, @Nullable Throwable own) {
    require(
        error == null || error == streamError || error instanceof UnsatisfiableReadException,
        "failed with " + error + ", but the stream's error is " + streamError);
    if (error == null) {
      boolean reason = closedBy != null || shutDown || peer.shutDown || peer.closed();
      require(reason, "failed without an error, although nobody has ended or closed");
    } else if (error == own) {
      require(closedBy == Finish.CLOSE_BY_ERROR, "closed with an error too early");
    } else if (error instanceof SSLException) {
      boolean answered = flavour.answersByClosing() && (peer.shutDown || peer.closed());
      require(
          (mayLackGoodbye() || answered) && error.getMessage().contains("close_notify"),
          "failed without a reason with " + error);
    } else if (error instanceof IOException) {
      require(mayBeReset(), "failed without a reason with " + error);
    } else {
      require(
          error instanceof UnsatisfiableReadException || error instanceof StreamBufferFullException,
          "failed with " + error);
    }
  }

  // Reading

  private int position() {
    return peer.plan.from() + Math.toIntExact(delivered);
  }

  /** A read has given these bytes. */
  void readDone(Read read, ByteBuffer bytes) {
    int count = bytes.remaining();
    int size = read.size();
    require(delivered + count <= peer.accepted, read + " gave more than was written: " + count);
    require(
        Content.matches(bytes, position()),
        read + " gave " + count + " bytes that are not those at " + delivered);
    switch (read.form()) {
      case BYTES, INTO -> require(count == size, read + " gave " + count + " bytes");
      case PARTIAL, INTO_PARTIAL ->
          require(count <= size && (count > 0 || size == 0), read + " gave " + count + " bytes");
      case UNTIL -> {
        int end = Content.find(read.until().delimiter(), position(), count);
        require(end == count && end <= read.limit(), read + " gave " + count + ", ends at " + end);
      }
      case REGEX -> {
        int end = find(read, count);
        require(end == count && end <= read.limit(), read + " gave " + count + ", ends at " + end);
      }
      case LINE, UNTIL_CLOSE -> {}
    }
    require(
        plan.maxRead() == 0 || overfull || isInto(read) || count <= plan.maxRead(),
        read + " gave " + count + " bytes, although " + plan.maxRead() + " may be held");
    delivered += count;
  }

  /** A read has given a line, or what is left at the end. */
  void lineRead(Read read, String line) {
    int written = Math.toIntExact(peer.accepted - delivered);
    int end = find(read, written);
    if (end >= 0 && line.equals(Content.utf8(position(), withoutEnd(end)))) {
      require(withoutEnd(end) <= read.limit(), read + " gave a line of " + withoutEnd(end));
      delivered += end;
      return;
    }
    int most = end >= 0 ? end - 1 : written;
    // The longest one: bytes at the end that are no whole character are one replacement character,
    // however many they are.
    int length = Math.min(MOST_BYTES_OF_A_CHAR * line.length(), most);
    while (length > 0 && !line.equals(Content.utf8(position(), length))) {
      length--;
    }
    require(
        length > 0 && line.equals(Content.utf8(position(), length)),
        read + " gave a line of " + line.length() + " that is not the one at " + delivered);
    require(mayHaveEnded() || closedBy != null, read + " gave a last line before the end");
    delivered += length;
  }

  /** Returns the length of a line that ends with its newline after so many bytes. */
  private int withoutEnd(int end) {
    int length = end - 1;
    return length > 0 && Content.at(position() + length - 1) == '\r' ? length - 1 : length;
  }

  private static boolean isInto(Read read) {
    return read.form() == Form.INTO || read.form() == Form.INTO_PARTIAL;
  }

  void readCancelled(Read read) {
    overfull |= isInto(read) && read.size() > plan.maxRead();
  }

  /** Returns where what a read looks for ends, in so many bytes that have come, or -1. */
  private int find(Read read, int available) {
    if (read.form() == Form.LINE) {
      return Content.find(NEWLINE, position(), available);
    }
    if (read.form() == Form.UNTIL) {
      return Content.find(read.until().delimiter(), position(), available);
    }
    Matcher matcher = read.until().pattern().matcher(Content.text(position(), available));
    return matcher.find() ? matcher.end() : -1;
  }

  /**
   * A read has failed.
   *
   * @param rest how many bytes have come and can still be read
   */
  void readFailed(Read read, @Nullable Throwable error, int rest) {
    long written = peer.accepted - delivered;
    if (error instanceof UnsatisfiableReadException && read.form() == Form.LINE) {
      int end = find(read, Math.toIntExact(written));
      require(
          written > read.limit() && (end < 0 || withoutEnd(end) > read.limit()),
          read + " failed with " + error + ", ends at " + end + " of " + written);
      return;
    }
    if (error instanceof UnsatisfiableReadException) {
      require(read.until() != null, read + " failed with " + error);
      int end = find(read, Math.toIntExact(Math.min(written, read.limit())));
      require(
          written >= read.limit() && (end < 0 || !read.until().stable()),
          read + " failed with " + error + ", ends at " + end + " of " + written);
      return;
    }
    if (error instanceof StreamBufferFullException) {
      require(
          plan.maxRead() > 0 && written >= plan.maxRead() && needs(read, written) > plan.maxRead(),
          read + " failed with " + error + ", needs " + needs(read, written));
      return;
    }
    boolean satisfied =
        switch (read.form()) {
          case BYTES, INTO -> rest >= read.size();
          case PARTIAL, INTO_PARTIAL -> rest > 0 || read.size() == 0;
          case UNTIL, REGEX ->
              rest > 0
                  && (find(read, Math.min(rest, read.limit())) >= 0
                      || error == null && rest >= read.limit());
          case LINE ->
              error == null
                  || find(read, rest) >= 0 && withoutEnd(find(read, rest)) <= read.limit();
          case UNTIL_CLOSE -> error == null;
        };
    require(!satisfied, read + " failed with " + error + ", although " + rest + " bytes have come");
  }

  /** Returns how many bytes a read needs where so many were written. */
  private long needs(Read read, long written) {
    return switch (read.form()) {
      case BYTES -> read.size();
      case PARTIAL, INTO, INTO_PARTIAL -> 0;
      case UNTIL, REGEX -> {
        int end = find(read, Math.toIntExact(written));
        yield end < 0 || !read.until().stable() ? Long.MAX_VALUE : end;
      }
      case LINE -> {
        int end = find(read, Math.toIntExact(written));
        yield end < 0 ? written : end;
      }
      case UNTIL_CLOSE -> written;
    };
  }

  /** Bytes that were read after a read has failed. */
  void restRead(ByteBuffer bytes) {
    require(delivered + bytes.remaining() <= peer.accepted, "more is left than was written");
    require(Content.matches(bytes, position()), "what is left is not what is at " + delivered);
    delivered += bytes.remaining();
  }

  /** Reading has come to the end, which was in order. */
  void endReached() {
    if (closedBy != null) {
      return; // We did not wait for the peer's.
    }
    endSeen = true;
    require(mayHaveEnded(), "the end was seen before the peer has ended");
    boolean all = !peer.closed() && !isAnswered();
    long least = all ? peer.accepted : peer.confirmed;
    require(
        delivered >= least,
        "the end came after " + delivered + " bytes of " + least + " (" + peer.accepted + ")");
  }

  long delivered() {
    return delivered;
  }

  boolean endSeen() {
    return endSeen;
  }

  @Override
  public String toString() {
    return name
        + ": "
        + accepted
        + " written, "
        + confirmed
        + " of them sent, "
        + delivered
        + " read"
        + (shutDown ? ", output shut down" : "")
        + (endSeen ? ", has seen the end" : "")
        + (closed() ? ", closed" : "")
        + (closedBy == null ? "" : " by " + closedBy);
  }
}
