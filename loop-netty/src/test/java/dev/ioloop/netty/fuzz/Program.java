package dev.ioloop.netty.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What both ends of one connection do. All of it follows from a seed and the flavour. */
record Program(long seed, Flavour flavour, Plan client, Plan server) {

  /** In what a write's bytes are. */
  enum Memory {
    ARRAY,
    HEAP,
    DIRECT,
    READ_ONLY
  }

  /** What follows a write. */
  enum After {
    NOTHING,
    AWAIT,
    AWAIT_WRITABLE,
    CANCEL
  }

  /** How an end stops writing. */
  enum Finish {
    /** Ends the output; reading goes on. */
    SHUTDOWN,
    /** Closes when all is sent. */
    CLOSE_WHEN_SENT,
    /** Closes when the peer has ended and all was read. */
    CLOSE_WHEN_READ,
    CLOSE,
    CLOSE_BY_ERROR,
    /** Closes with a linger time of zero, so that the system sends a reset. */
    RESET
  }

  /** The ways to read. */
  enum Form {
    BYTES,
    PARTIAL,
    INTO,
    INTO_PARTIAL,
    UNTIL,
    REGEX,
    LINE,
    UNTIL_CLOSE
  }

  /** How a read is left before it is done. */
  enum Cut {
    NONE,
    CANCEL,
    CANCEL_COROUTINE,
    TIMEOUT
  }

  /** So many turns of the loop if negative, so many microseconds if positive. */
  record Pause(int length) {
    static final Pause NONE = new Pause(0);

    @Override
    public String toString() {
      return length == 0 ? "" : length < 0 ? -length + " turns, " : length + " us, ";
    }
  }

  record Write(Pause before, int size, Memory memory, After after) {
    @Override
    public String toString() {
      return before
          + "write "
          + size
          + " "
          + memory
          + (after == After.NOTHING ? "" : " then " + after);
    }
  }

  /**
   * One read.
   *
   * @param size how much, where the form asks for a length
   * @param limit the most bytes up to a delimiter or a match
   * @param until what ends it
   * @param direct whether the buffer is direct
   * @param cut how it is left before it is done, after {@code patience}
   */
  record Read(
      Pause before,
      Form form,
      int size,
      int limit,
      @Nullable Until until,
      boolean direct,
      Cut cut,
      Pause patience) {
    @Override
    public String toString() {
      String what =
          switch (form) {
            case BYTES, PARTIAL -> " " + size;
            case INTO, INTO_PARTIAL -> " " + size + (direct ? " direct" : " heap");
            case UNTIL, REGEX -> " " + until + " within " + limit;
            case LINE -> " within " + limit;
            case UNTIL_CLOSE -> "";
          };
      return before + "read " + form + what + (cut == Cut.NONE ? "" : " " + cut + " " + patience);
    }
  }

  /**
   * What ends a read: a delimiter, or a pattern.
   *
   * @param stable whether more input never changes where the first match ends
   */
  record Until(String text, @Nullable Pattern pattern, boolean stable) {
    byte[] delimiter() {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public String toString() {
      return '"' + text.replace("\r", "\\r").replace("\n", "\\n") + '"';
    }
  }

  /** What one end does: it writes and reads at the same time. */
  record Plan(
      boolean jdkChannel,
      boolean halfClose,
      boolean closeCallback,
      int maxRead,
      int maxWrite,
      int lowMark,
      int highMark,
      int from,
      List<Write> writes,
      Pause beforeFinish,
      Finish finish,
      List<Read> reads,
      Read last) {

    /** Returns how many bytes it writes if nothing comes between. */
    int total() {
      return writes.stream().mapToInt(Write::size).sum();
    }

    private void print(String name, StringBuilder out) {
      out.append("  ").append(name).append(jdkChannel ? ", a channel of the JDK's" : "");
      out.append(halfClose ? ", allows half-close" : "");
      out.append(closeCallback ? ", has a close callback" : "");
      out.append(maxRead == 0 ? "" : ", holds " + maxRead);
      out.append(maxWrite == 0 ? "" : ", at most " + maxWrite + " unsent");
      out.append(highMark == 0 ? "" : ", marks " + lowMark + " and " + highMark);
      out.append('\n');
      writes.forEach(step -> out.append("    ").append(step).append('\n'));
      out.append("    ").append(beforeFinish).append(finish).append('\n');
      reads.forEach(step -> out.append("      ").append(step).append('\n'));
      out.append("      to the end: ").append(last).append('\n');
    }
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("program " + seed + " on " + flavour + "\n");
    client.print("client", out);
    server.print("server", out);
    return out.toString();
  }

  static Program of(long seed, Flavour flavour) {
    return new Generation(seed, flavour).program();
  }

  /** Makes a program from random numbers. */
  private static final class Generation {
    private static final int[] SCALES = {40, 40, 5_000, 5_000, 5_000, 100_000, 100_000, 1 << 20};
    private static final int MOST = 3 << 20;

    private static final List<Until> DELIMITERS = new ArrayList<>();
    private static final List<Until> PATTERNS = new ArrayList<>();

    static {
      for (String text : new String[] {"a", "abc", "aabcd", "\r\n", "\n", "abcabcabcabc"}) {
        DELIMITERS.add(new Until(text, null, true));
      }
      for (String text :
          new String[] {
            "ab",
            "a[bc]",
            "[^a]{3}a",
            "(?<=b)a",
            "^[^c]{0,5}c",
            "aab|aac",
            "\\Adcb?a",
            "cc(?<!dcc)",
            "(?s)(.)\\1a",
            "abcdabcdabcd",
            "\\r\\n\\r\\n",
            "\\r?\\n"
          }) {
        PATTERNS.add(new Until(text, Pattern.compile(text), true));
      }
      for (String text : new String[] {"a+", "b[ab]*", "abcd|c", "ca*b?", "a*"}) {
        PATTERNS.add(new Until(text, Pattern.compile(text), false));
      }
    }

    private final long seed;
    private final Flavour flavour;
    private final SplittableRandom random;

    Generation(long seed, Flavour flavour) {
      this.seed = seed;
      this.flavour = flavour;
      this.random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 1);
    }

    Program program() {
      int scale = SCALES[random.nextInt(SCALES.length)];
      Plan client = plan(scale, 0, null);
      Plan server = plan(scale, Content.SIZE / 2, client);
      return new Program(seed, flavour, client, server);
    }

    private boolean oneIn(int n) {
      return random.nextInt(n) == 0;
    }

    private Plan plan(int scale, int half, @Nullable Plan peer) {
      boolean peerWaits = peer != null && peer.finish == Finish.CLOSE_WHEN_READ;
      boolean jdkChannel = oneIn(2);
      List<Write> writes = new ArrayList<>();
      int left = MOST;
      for (int n = oneIn(6) ? 0 : random.nextInt(1, 20); n > 0 && left > 0; n--) {
        Write write = write(Math.min(scale, left));
        left -= write.size;
        writes.add(write);
      }
      List<Read> reads = new ArrayList<>();
      for (int n = random.nextInt(20); n > 0; n--) {
        reads.add(read(scale));
      }
      boolean marks = oneIn(3);
      int low = marks ? random.nextInt(2 * scale) : 0;
      return new Plan(
          jdkChannel,
          oneIn(2),
          oneIn(3),
          oneIn(6) ? maxRead(scale, peer) : 0,
          oneIn(6) ? 1 + random.nextInt(2 * scale) : 0,
          low,
          marks ? low + 1 + random.nextInt(2 * scale) : 0,
          half + random.nextInt(Content.SIZE / 2 - MOST - 1),
          writes,
          pause(),
          finish(jdkChannel, peerWaits),
          reads,
          last());
    }

    /** A limit at random, or what the peer writes, and one byte more or less. */
    private int maxRead(int scale, @Nullable Plan peer) {
      if (peer != null && oneIn(2)) {
        return Math.max(1, peer.total() + random.nextInt(3) - 1);
      }
      return 1 + random.nextInt(2 * scale);
    }

    private Finish finish(boolean jdkChannel, boolean peerWaits) {
      Finish finish =
          switch (random.nextInt(12)) {
            case 0 -> Finish.RESET;
            case 1 -> Finish.CLOSE;
            case 2 -> Finish.CLOSE_BY_ERROR;
            case 3, 4 -> Finish.CLOSE_WHEN_SENT;
            case 5, 6 -> Finish.CLOSE_WHEN_READ;
            default -> Finish.SHUTDOWN;
          };
      if (finish == Finish.RESET && !(jdkChannel && flavour.canReset())) {
        return Finish.CLOSE;
      }
      return finish == Finish.CLOSE_WHEN_READ && peerWaits ? Finish.SHUTDOWN : finish;
    }

    private Write write(int scale) {
      int size =
          switch (random.nextInt(12)) {
            case 0 -> 0;
            case 1, 2 -> 1;
            case 3, 4, 5 -> random.nextInt(Math.min(scale, 30) + 1);
            case 6, 7 -> random.nextInt(Math.min(scale, 3_000) + 1);
            default -> random.nextInt(scale + 1);
          };
      After after =
          switch (random.nextInt(10)) {
            case 0, 1, 2 -> After.AWAIT;
            case 3 -> After.AWAIT_WRITABLE;
            case 4 -> After.CANCEL;
            default -> After.NOTHING;
          };
      return new Write(pause(), size, Memory.values()[random.nextInt(4)], after);
    }

    private Read read(int scale) {
      Form form = Form.values()[random.nextInt(Form.values().length)];
      if (form == Form.UNTIL_CLOSE && !oneIn(10)) {
        form = Form.PARTIAL;
      }
      Until until =
          switch (form) {
            case UNTIL -> DELIMITERS.get(random.nextInt(DELIMITERS.size()));
            case REGEX -> PATTERNS.get(random.nextInt(PATTERNS.size()));
            default -> null;
          };
      int limit =
          oneIn(4) ? 1 + random.nextInt(400) : form == Form.REGEX ? 64 << 10 : Integer.MAX_VALUE;
      int size =
          switch (random.nextInt(8)) {
            case 0 -> random.nextInt(3);
            case 1, 2, 3 -> random.nextInt(Math.min(scale, 30) + 1);
            default -> random.nextInt(scale + 1);
          };
      Cut cut = oneIn(5) ? Cut.values()[random.nextInt(4)] : Cut.NONE;
      return new Read(pause(), form, size, limit, until, oneIn(2), cut, pause());
    }

    /** A read that is repeated until the end. */
    private Read last() {
      Form form =
          switch (random.nextInt(4)) {
            case 0 -> Form.INTO_PARTIAL;
            case 1 -> Form.PARTIAL;
            default -> Form.UNTIL_CLOSE;
          };
      int size = 1 << random.nextInt(13, 19);
      return new Read(Pause.NONE, form, size, 0, null, oneIn(2), Cut.NONE, Pause.NONE);
    }

    private Pause pause() {
      int kind = random.nextInt(20);
      if (kind < 13) {
        return Pause.NONE;
      }
      return new Pause(kind < 18 ? -random.nextInt(1, 6) : random.nextInt(1, 400));
    }
  }
}
