package dev.ioloop.net;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import dev.ioloop.diagnostics.Flight;
import dev.ioloop.diagnostics.FlightEvents;
import dev.ioloop.spi.StreamBuffers;
import dev.ioloop.spi.StreamTransport;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in and out without blocking the loop: a socket, a pipe, or what else a {@link
 * StreamTransport} moves.
 *
 * <pre>{@code
 * byte[] line = await(stream.readUntil("\n".getBytes(UTF_8)));
 * await(stream.write(line));
 * }</pre>
 *
 * <p>One read may be pending at a time; what arrives beyond it is kept for the next. The stream
 * receives only while a read is pending, so a peer that sends faster than one reads is held up by
 * the system. A read's future belongs to the one who awaits it: where that coroutine is cancelled,
 * the read is too, nothing is lost, and another read may begin.
 *
 * <p>Any number of writes may be pending, each with its future. What was given to a write belongs
 * to the stream until that future is done.
 *
 * <p>The end of the peer is noticed when a read needs more than there is, or, where a close
 * callback is set, when all that was received has been read. It closes the stream, unless {@link
 * #setAllowHalfClose}. What was received can be read from a closed stream; all else throws {@link
 * StreamClosedException} there, and pending futures fail with it.
 *
 * <p>Call from the loop's thread only. Tornado: {@code tornado.iostream.IOStream}.
 */
public final class IOStream implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");
  private static final int REGEX_MAX_BYTES = 64 << 10;

  private final IOLoop loop;
  private final StreamTransport transport;
  private final StreamBuffers buffers;
  final Reading reading = new Reading(this);
  final Writing writing = new Writing(this);
  private final Readiness readiness;
  private final boolean readable;
  private final boolean writable;
  private boolean allowHalfClose;
  private boolean closed;
  private @Nullable Throwable error;
  private @Nullable Runnable closeCallback;

  /** Told of the close, or of the stream that goes on with the connection. */
  private @Nullable Consumer<@Nullable IOStream> owner;

  private IOStream(IOLoop loop, StreamTransport transport) {
    this.loop = loop;
    this.transport = transport;
    this.buffers = loop.sockets().buffers();
    this.readable = transport.readable();
    this.writable = transport.writable();
    this.readiness = new Readiness(this, loop);
    transport.start(readiness);
  }

  // Which stream

  /**
   * Returns a stream of the current loop over a channel: a connected {@code SocketChannel}, TCP or
   * unix, a {@code Pipe.SourceChannel}, which can only be read, or a {@code Pipe.SinkChannel},
   * which can only be written. The stream makes the channel non-blocking, and closes it.
   *
   * <p>A channel has one stream: where a second one has to wait for it, that throws {@link
   * IllegalArgumentException}.
   *
   * @throws IllegalArgumentException for a channel of another kind, or one that is closed or not
   *     connected
   */
  public static IOStream of(SelectableChannel channel) {
    Objects.requireNonNull(channel, "channel == null");
    IOLoop loop = IOLoop.current();
    if (channel instanceof SocketChannel socket && socket.isOpen() && !socket.isConnected()) {
      throw new IllegalArgumentException(
          "the channel is not connected; connect it first, or use TCPClient: " + channel);
    }
    return new IOStream(loop, loop.sockets().of(channel)).opened();
  }

  /**
   * Returns a stream of the current loop over a transport that is connected. For tests, and for
   * those who write transports.
   */
  public static IOStream of(StreamTransport transport) {
    Objects.requireNonNull(transport, "transport == null");
    return new IOStream(IOLoop.current(), transport).opened();
  }

  IOStream opened() {
    if (Flight.streams) {
      FlightEvents.streamOpen(this);
    }
    return this;
  }

  /**
   * Returns a future of the stream over a transport that may still be connecting, which is done
   * when it is connected. For those who write transports; users have {@code TCPClient}. Cancelling
   * the future closes the transport.
   */
  public static Future<IOStream> connect(StreamTransport transport) {
    return new IOStream(IOLoop.current(), Objects.requireNonNull(transport)).readiness.connect();
  }

  // Reading

  /** As {@link #readBytes(int, boolean)}, for exactly {@code n} bytes. */
  public Future<byte[]> readBytes(int n) {
    return readBytes(n, false);
  }

  /**
   * Reads {@code n} bytes, or, if {@code partial}, at least one and at most {@code n}. Zero bytes
   * are there at once. Tornado: {@code read_bytes}.
   *
   * @throws StreamClosedException if the stream is closed and holds too little
   * @throws IllegalStateException if a read is pending
   */
  public Future<byte[]> readBytes(int n, boolean partial) {
    if (n < 0) {
      throw new IllegalArgumentException("n < 0: " + n);
    }
    checkReadable("readBytes()");
    return n == 0 ? Future.succeeded(Read.EMPTY) : reading.begin(new Read.Bytes(n, partial));
  }

  /** As {@link #readInto(ByteBuffer, boolean)}, until the buffer is full. */
  public Future<Integer> readInto(ByteBuffer target) {
    return readInto(target, false);
  }

  /**
   * Reads into {@code target}, from its position on, until its limit is reached or, if {@code
   * partial}, something has come; the future tells how many bytes. The position moves with them. A
   * direct buffer is filled without a copy. Tornado: {@code read_into}.
   *
   * @throws StreamClosedException if the stream is closed and holds too little
   * @throws IllegalStateException if a read is pending
   */
  public Future<Integer> readInto(ByteBuffer target, boolean partial) {
    if (target.isReadOnly()) {
      throw new IllegalArgumentException("readInto() a read-only buffer: " + target);
    }
    checkReadable("readInto()");
    return target.hasRemaining()
        ? reading.begin(new Read.Into(target, partial))
        : Future.succeeded(0);
  }

  /** As {@link #readUntil(byte[], int)}, without a limit but {@link #maxBufferSize}. */
  public Future<byte[]> readUntil(byte[] delimiter) {
    return readUntil(delimiter, Integer.MAX_VALUE);
  }

  /**
   * Reads all up to and with {@code delimiter}; what comes behind it is kept. If that ends beyond
   * {@code maxBytes}, the stream is closed with an {@link UnsatisfiableReadException}. Tornado:
   * {@code read_until}.
   *
   * @throws StreamClosedException if the stream is closed and holds no delimiter
   * @throws IllegalStateException if a read is pending
   */
  public Future<byte[]> readUntil(byte[] delimiter, int maxBytes) {
    if (delimiter.length == 0) {
      throw new IllegalArgumentException("delimiter is empty");
    }
    checkMaxBytes(maxBytes);
    checkReadable("readUntil()");
    return reading.begin(new Read.Until(delimiter, maxBytes));
  }

  /**
   * Reads a line of UTF-8, without its end, {@code "\n"} or {@code "\r\n"}. What is left when the
   * peer ends, or {@link #close()} is called here, is the last line; behind it comes null. If the
   * line is longer than {@code maxBytes}, without its end, the stream is closed with an {@link
   * UnsatisfiableReadException}. What is no UTF-8 becomes {@code U+FFFD}.
   *
   * @throws StreamClosedException if the stream was closed by an error and holds no line
   * @throws IllegalStateException if a read is pending
   */
  public Future<@Nullable String> readLine(int maxBytes) {
    checkMaxBytes(maxBytes);
    checkReadable("readLine()");
    return reading.begin(new ReadLine(maxBytes));
  }

  /** As {@link #readUntilRegex(Pattern, int)}, with a limit of 64 KiB. */
  public Future<byte[]> readUntilRegex(Pattern pattern) {
    return readUntilRegex(pattern, REGEX_MAX_BYTES);
  }

  /**
   * Reads all up to the end of the first match of {@code pattern}, which sees each byte as the
   * character with its value. A match is taken as soon as there is one, even if more input could
   * make it longer. If none ends within {@code maxBytes}, the stream is closed with an {@link
   * UnsatisfiableReadException}; it is closed, too, with the {@link StackOverflowError} of a
   * pattern that needs too much stack. Tornado: {@code read_until_regex}.
   *
   * @throws StreamClosedException if the stream is closed and holds no match
   * @throws IllegalStateException if a read is pending
   */
  public Future<byte[]> readUntilRegex(Pattern pattern, int maxBytes) {
    checkMaxBytes(maxBytes);
    checkReadable("readUntilRegex()");
    return reading.begin(new ReadUntilRegex(pattern, maxBytes));
  }

  /**
   * Reads all until the peer ends or {@link #close()} is called here; nothing, if nothing comes.
   * Fails where the stream ends by an error. Tornado: {@code read_until_close}.
   *
   * @throws IllegalStateException if a read is pending
   */
  public Future<byte[]> readUntilClose() {
    checkReadable("readUntilClose()");
    return reading.begin(new Read.UntilClose());
  }

  private static void checkMaxBytes(int maxBytes) {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes < 1: " + maxBytes);
    }
  }

  private void checkReadable(String call) {
    checkThread(call);
    if (!readable) {
      throw new IllegalStateException(call + " of a stream that can only be written: " + this);
    }
  }

  // Writing

  /**
   * Writes {@code data}, at once where nothing else waits and the system takes it. The future is
   * done when the system has it all. A failure need not be looked at: the stream is closed then.
   * Tornado: {@code write}.
   *
   * @throws StreamClosedException if the stream is closed, or its output was shut down
   * @throws StreamBufferFullException if more than {@link #maxWriteBufferSize} would be unsent; the
   *     stream goes on
   */
  public Future<@Nullable Void> write(byte[] data) {
    return write(ByteBuffer.wrap(data));
  }

  /**
   * As {@link #write(byte[])}, from the buffer's position to its limit. The position moves as the
   * bytes are sent. A direct buffer is sent without a copy.
   */
  public Future<@Nullable Void> write(ByteBuffer data) {
    Objects.requireNonNull(data, "data == null");
    checkThread("write()");
    if (!writable) {
      throw new IllegalStateException("write() of a stream that can only be read: " + this);
    }
    if (closed || writing.ending()) {
      throw new StreamClosedException(error);
    }
    return writing.write(data);
  }

  /** As {@link #write(byte[])}, with a text in UTF-8. */
  public Future<@Nullable Void> writeString(String text) {
    return write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** As {@link #write(byte[])}, with a text in {@code charset}. */
  public Future<@Nullable Void> writeString(String text, Charset charset) {
    return write(text.getBytes(charset));
  }

  /**
   * Carries all that comes from one stream to another, and at its end {@linkplain #shutdownOutput
   * ends the output} there. It reads no more before the last has been sent, so a slow receiver
   * slows the sender down. The end of {@code from} ends its reading only, as by {@link
   * #setAllowHalfClose}: what goes the other way goes on. Neither stream is closed. Tornado has
   * none; Go: {@code io.Copy}.
   *
   * @return a future of how many bytes were carried. It fails as a read or a write does, also when
   *     {@code from} is {@linkplain #close closed} here before its peer has ended; the output is
   *     not ended then, because something is missing. Cancelling it stops the pump, and what was
   *     not read yet can be read
   */
  public static Future<Long> pump(IOStream from, IOStream to) {
    Pump pump = new Pump(from, Objects.requireNonNull(to, "to == null"));
    from.checkReadable("pump()");
    return Gen.coroutine(pump::run);
  }

  /**
   * Returns a future that is done when it is wise to write more: at once while at most the high
   * mark is unsent, else when that has fallen to the low mark. Tornado has none; Netty: {@code
   * isWritable}.
   */
  public Future<@Nullable Void> awaitWritable() {
    checkThread("awaitWritable()");
    if (closed()) {
      throw new StreamClosedException(error);
    }
    return writing.whenWritable();
  }

  /**
   * Replaces the marks of {@link #awaitWritable}, in bytes; 32 KiB and 64 KiB otherwise.
   *
   * @throws IllegalArgumentException unless {@code 0 <= low <= high}
   */
  public void setWriteMarks(int low, int high) {
    if (low < 0 || low > high) {
      throw new IllegalArgumentException("not 0 <= low <= high: " + low + ", " + high);
    }
    checkThread("setWriteMarks()");
    writing.lowMark = low;
    writing.highMark = high;
  }

  /**
   * Ends the output: what was written before is sent, and then the peer sees the end. Reading goes
   * on. A second call does nothing. asyncio: {@code write_eof}.
   *
   * <p>Over TLS the end is close_notify. In TLS 1.2 the protocol answers it by closing: the peer
   * discards what it has not sent, and both ends read the end.
   */
  public void shutdownOutput() {
    checkThread("shutdownOutput()");
    if (closed || writing.ending()) {
      return;
    }
    try {
      writing.shutdown();
    } catch (IOException e) {
      failWriting(e);
    }
    readiness.update();
  }

  // TLS

  /**
   * Goes on with TLS 1.2 or newer in the middle of the connection. This stream must not be used any
   * more, but the returned one, which has its limits and its close callback. The certificates of
   * the peer are checked by the context; a client checks, too, that they belong to the host.
   * Tornado: {@code start_tls}.
   *
   * @param serverSide whether this end answers the handshake
   * @param context the certificates, or null for the JDK's default
   * @param serverHostname the host that a client means to talk to, by name or by the text of an
   *     address; null for a server. A server is told a valid host name, without a dot at its end
   *     and in ASCII, and neither an address nor a name with an underscore
   * @return a future that is done with the handshake, which may take 10 seconds. It fails with
   *     {@link StreamClosedException}, whose real error says why, and the connection is closed
   * @throws IllegalArgumentException if a client names no host
   * @throws IllegalStateException if a read or a write is pending, or bytes were received and not
   *     read
   */
  public Future<IOStream> startTls(
      boolean serverSide, @Nullable SSLContext context, @Nullable String serverHostname) {
    if (serverSide) {
      return startTls(Tls.server(context));
    }
    int port = remoteAddress() instanceof InetSocketAddress internet ? internet.getPort() : -1;
    return startTls(Tls.client(context, serverHostname, port));
  }

  /**
   * As {@link #startTls(boolean, SSLContext, String)}, with an engine that was configured: its
   * mode, protocols, ALPN, SNI and certificates are taken as they are. An engine without a mode
   * fails the future, and so does all else that goes wrong; the connection is closed then.
   */
  public Future<IOStream> startTls(SSLEngine engine) {
    Objects.requireNonNull(engine, "engine == null");
    checkThread("startTls()");
    if (closed()) {
      throw new StreamClosedException(error);
    }
    if (connecting() || reading.isPending() || writing.isPending() || reading.hasUnread()) {
      throw new IllegalStateException(
          "startTls() while a read or a write is pending or bytes were received that nobody has"
              + " read; await them first");
    }
    closed = true;
    readiness.watch(0);
    IOStream secure = new IOStream(loop, new TlsTransport(loop, transport, engine));
    secure.closeCallback = closeCallback;
    secure.allowHalfClose = allowHalfClose;
    secure.reading.maxBytes = reading.maxBytes;
    secure.writing.maxBytes = writing.maxBytes;
    secure.writing.lowMark = writing.lowMark;
    secure.writing.highMark = writing.highMark;
    closeCallback = null;
    if (owner != null) {
      owner.accept(secure);
    }
    return secure.readiness.connect();
  }

  // Closing

  /**
   * Closes the stream at once, both ways. What the system takes at once is still sent; pending
   * reads and writes fail, but {@link #readUntilClose} gives what has come. A second call does
   * nothing. Tornado: {@code close}.
   */
  @Override
  public void close() {
    checkThread("close()");
    closeBy(null);
  }

  /**
   * As {@link #close()}, because of {@code error}, which pending futures fail with. It is logged at
   * debug level.
   */
  public void close(@Nullable Throwable error) {
    checkThread("close()");
    if (error != null && !closed && LOG.isLoggable(Level.DEBUG)) {
      LOG.log(Level.DEBUG, this + " is closed because of " + error);
    }
    closeBy(error, false);
  }

  /** Returns whether the stream is closed, by either side. */
  public boolean closed() {
    return closed || error != null;
  }

  /** Returns what closed the stream; null while it is open, and where it was closed in order. */
  public @Nullable Throwable error() {
    return error;
  }

  /**
   * Has {@code callback} run once, in a callback of the loop, when the stream is closed and reads
   * have been given what came before; null removes it. While one is set, the end of the peer is
   * noticed without a read. Tornado: {@code set_close_callback}.
   */
  public void setCloseCallback(@Nullable Runnable callback) {
    checkThread("setCloseCallback()");
    closeCallback = callback;
    if (closed) {
      runCloseCallback();
    } else {
      reading.noticeEnd();
      readiness.update();
    }
  }

  /**
   * Says what the end of the peer means: if false, as from the start, it closes the stream; if
   * true, it ends reading only, and writing goes on until {@link #close()}. asyncio: the result of
   * {@code eof_received}.
   */
  public void setAllowHalfClose(boolean allow) {
    checkThread("setAllowHalfClose()");
    allowHalfClose = allow;
    if (!closed) {
      readiness.update();
    }
  }

  // State and limits

  /** Returns whether a read is pending. */
  public boolean reading() {
    return reading.isPending();
  }

  /** Returns whether something that was written is unsent. */
  public boolean writing() {
    return writing.isPending();
  }

  /** Returns the address of this end, or null where there is none. */
  public @Nullable SocketAddress localAddress() {
    return transport.localAddress();
  }

  /** Returns the address of the peer, or null where there is none. */
  public @Nullable SocketAddress remoteAddress() {
    return transport.remoteAddress();
  }

  /** Returns how many bytes at most are held for reads, 100 MiB from the start. */
  public int maxBufferSize() {
    return reading.maxBytes;
  }

  /**
   * Replaces how many bytes at most are held for reads. A read that needs more closes the stream
   * with a {@link StreamBufferFullException}.
   */
  public void setMaxBufferSize(int bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("bytes < 1: " + bytes);
    }
    checkThread("setMaxBufferSize()");
    reading.maxBytes = bytes;
  }

  /** Returns how many bytes at most may be unsent, {@link Integer#MAX_VALUE} from the start. */
  public int maxWriteBufferSize() {
    return writing.maxBytes;
  }

  /** Replaces how many bytes at most may be unsent; a write beyond is refused. */
  public void setMaxWriteBufferSize(int bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("bytes < 1: " + bytes);
    }
    checkThread("setMaxWriteBufferSize()");
    writing.maxBytes = bytes;
  }

  /**
   * Says whether small writes are sent at once, as from the start, or collected by the system while
   * earlier ones are under way. Does nothing where there is no such choice, and on a closed stream.
   * Tornado: {@code set_nodelay}.
   */
  public void setNodelay(boolean nodelay) {
    checkThread("setNodelay()");
    if (!closed) {
      try {
        transport.setNodelay(nodelay);
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "setNodelay() had no effect", e); // The peer is gone, very likely.
      }
    }
  }

  @Override
  public String toString() {
    return "IOStream["
        + (closed ? "closed" : transport.localAddress() + " - " + transport.remoteAddress())
        + (reading.isPending() ? ", reading" : "")
        + (writing.isPending() ? ", writing]" : "]");
  }

  /**
   * Has {@code owner} told at once when the stream is closed, by null, or when another stream goes
   * on with its connection.
   */
  void setOwner(Consumer<@Nullable IOStream> owner) {
    this.owner = owner;
  }

  // For the two sides

  StreamTransport transport() {
    return transport;
  }

  StreamBuffers buffers() {
    return buffers;
  }

  boolean connecting() {
    return readiness.connecting();
  }

  /** Returns whether nothing more is received, as it is for a while after a write has failed. */
  boolean over() {
    return closed;
  }

  boolean allowsHalfClose() {
    return allowHalfClose;
  }

  /** Returns whether the end of the peer is looked for while no read is pending. */
  boolean detectsClose() {
    return closeCallback != null && !allowHalfClose && readable;
  }

  Readiness readiness() {
    return readiness;
  }

  void inLoop(Runnable task) {
    if (IOLoop.current(false) == loop) {
      task.run();
    } else {
      loop.addCallback(task);
    }
  }

  /** Closes the stream when the callbacks that are on their way have run. */
  void closeSoon() {
    loop.addCallback(
        () -> {
          if (!reading.isPending() && detectsClose()) {
            closeBy(null);
          }
        });
  }

  /**
   * Ends writing by {@code failure}, and with it the stream, but goes on for a while to receive
   * what came before.
   */
  void failWriting(IOException failure) {
    error = failure; // From here on, no end that is received is one in order.
    writing.close(failure);
    drain();
  }

  private void drain() {
    if (closed) {
      return;
    }
    if (!readable || connecting() || reading.drain()) {
      closeBy(error);
    } else {
      loop.addCallback(this::drain);
    }
  }

  void closeBy(@Nullable Throwable failure) {
    closeBy(failure, true);
  }

  private void closeBy(@Nullable Throwable failure, boolean logged) {
    if (closed) {
      return;
    }
    if (failure == null && !connecting() && writing.isPending()) {
      try {
        writing.flush();
      } catch (IOException e) {
        // There is nobody left to be told: the stream is being closed.
      }
      if (closed) {
        return;
      }
    }
    closed = true;
    if (error == null) {
      error = failure;
    }
    readiness.close();
    transport.close();
    if (Flight.streams) {
      FlightEvents.streamClose(this, reading.received, writing.sent, error);
    }
    if (logged) {
      log(error);
    }
    readiness.failConnect(error);
    reading.close(error);
    writing.close(error);
    runCloseCallback();
    if (owner != null) {
      owner.accept(null);
    }
  }

  private static void log(@Nullable Throwable failure) {
    if (failure instanceof UnsatisfiableReadException) {
      // The reader is told, too, and a server's clients can do that as often as they like.
      LOG.log(Level.DEBUG, "A stream was closed: " + failure.getMessage());
    } else if (failure instanceof StreamBufferFullException
        || failure instanceof StackOverflowError) {
      LOG.log(Level.ERROR, "A stream was closed: " + failure);
    }
  }

  private void runCloseCallback() {
    Runnable callback = closeCallback;
    closeCallback = null;
    if (callback != null) {
      loop.addCallback(callback);
    }
  }

  private void checkThread(String call) {
    if (loop.running() && IOLoop.current(false) != loop) {
      throw new IllegalStateException(
          call
              + " called from thread \""
              + Thread.currentThread().getName()
              + "\", but the stream belongs to "
              + loop
              + "; use that loop's addCallback() to get there");
    }
  }
}
