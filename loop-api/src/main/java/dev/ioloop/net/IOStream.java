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
 * Reads and writes bytes without blocking the loop, over a socket, a pipe or any other {@link
 * StreamTransport}.
 *
 * <pre>{@code
 * byte[] line = await(stream.readUntil("\n".getBytes(UTF_8)));
 * await(stream.write(line));
 * }</pre>
 *
 * <p>One read may be pending at a time. Bytes that arrive beyond it are kept for the next read. The
 * stream receives only while a read is pending, so the system slows down a peer that sends faster
 * than the program reads. A read belongs to the coroutine that awaits it: cancelling that coroutine
 * cancels the read. No bytes are lost then, and another read may begin.
 *
 * <p>Any number of writes may be pending, each with its own future. The array or buffer passed to a
 * write belongs to the stream until that future is done.
 *
 * <p>The stream notices the peer's end of input when a read needs more bytes than it holds or, if a
 * close callback is set, when everything received has been read. The end of input closes the stream
 * unless {@link #setAllowHalfClose} says otherwise. Bytes already received can still be read from a
 * closed stream. Every other operation on it throws {@link StreamClosedException}, and pending
 * futures fail with it.
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

  /** Receives null when the stream is closed, or the stream that takes over the connection. */
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

  // Creating

  /**
   * Returns a stream on the current loop over a channel. The channel is a connected {@code
   * SocketChannel} (TCP or unix), a {@code Pipe.SourceChannel} (read only) or a {@code
   * Pipe.SinkChannel} (write only). The stream makes the channel non-blocking, and closes it when
   * the stream is closed.
   *
   * <p>A channel has one stream. If a second one has to wait for the channel, it throws {@link
   * IllegalArgumentException}.
   *
   * @throws IllegalArgumentException if the channel is of another kind, closed or not connected
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
   * Returns a stream on the current loop over a connected transport. For tests and for authors of
   * transports.
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
   * Returns a future of a stream over a transport that may still be connecting. The future is done
   * when the transport is connected; cancelling it closes the transport. For authors of transports;
   * users have {@code TCPClient}.
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
   * Reads {@code n} bytes or, if {@code partial}, at least one and at most {@code n}. A read of
   * zero bytes is done at once. Tornado: {@code read_bytes}.
   *
   * @throws StreamClosedException if the stream is closed and holds too few bytes
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
   * Reads into {@code target} from its position until its limit is reached or, if {@code partial},
   * until at least one byte has arrived. The future holds the number of bytes read. The position
   * advances as bytes arrive. A direct buffer is filled without a copy. Tornado: {@code read_into}.
   *
   * @throws StreamClosedException if the stream is closed and holds too few bytes
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

  /** As {@link #readUntil(byte[], int)}, limited only by {@link #maxBufferSize}. */
  public Future<byte[]> readUntil(byte[] delimiter) {
    return readUntil(delimiter, Integer.MAX_VALUE);
  }

  /**
   * Reads up to and including {@code delimiter}; bytes after it are kept for the next read. If the
   * delimiter does not end within {@code maxBytes}, the stream is closed with an {@link
   * UnsatisfiableReadException}. Tornado: {@code read_until}.
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
   * Reads a line of UTF-8 and strips its ending, {@code " "} or {@code "\r "}. Bytes left over when
   * the peer ends its output, or when {@link #close()} is called, are the last line; the reads
   * after it give null. If the line without its ending is longer than {@code maxBytes}, the stream
   * is closed with an {@link UnsatisfiableReadException}. Malformed UTF-8 becomes {@code U+FFFD}.
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
   * Reads up to the end of the first match of {@code pattern}. The pattern sees each byte as the
   * character with that value. The first match is taken, even if more input could make it longer.
   * If no match ends within {@code maxBytes}, the stream is closed with an {@link
   * UnsatisfiableReadException}. If the pattern needs too much stack, the stream is closed with the
   * {@link StackOverflowError}. Tornado: {@code read_until_regex}.
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
   * Reads everything until the peer ends its output or {@link #close()} is called. The result is
   * empty if nothing arrives. The future fails if an error ends the stream. Tornado: {@code
   * read_until_close}.
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
   * Writes {@code data}. The bytes are sent at once if no earlier write is pending and the system
   * accepts them. The future is done when the system has accepted all of them. A failure also
   * closes the stream, so the future need not be checked. Tornado: {@code write}.
   *
   * @throws StreamClosedException if the stream is closed or its output was shut down
   * @throws StreamBufferFullException if more than {@link #maxWriteBufferSize} would be unsent; the
   *     stream stays open
   */
  public Future<@Nullable Void> write(byte[] data) {
    return write(ByteBuffer.wrap(data));
  }

  /**
   * As {@link #write(byte[])}, from the buffer's position to its limit. The position advances as
   * the bytes are sent. A direct buffer is sent without a copy.
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

  /** As {@link #write(byte[])}, with {@code text} encoded in UTF-8. */
  public Future<@Nullable Void> writeString(String text) {
    return write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** As {@link #write(byte[])}, with {@code text} encoded in {@code charset}. */
  public Future<@Nullable Void> writeString(String text, Charset charset) {
    return write(text.getBytes(charset));
  }

  /**
   * Copies everything from one stream to another and then {@linkplain #shutdownOutput ends the
   * output} of {@code to}. It reads again only after the previous bytes have been sent, so a slow
   * receiver slows the sender down. The end of {@code from} ends only its reading, as with {@link
   * #setAllowHalfClose}; the opposite direction continues. Neither stream is closed. Tornado has
   * none; Go: {@code io.Copy}.
   *
   * @return a future of the number of bytes copied. It fails as a read or a write does, and also
   *     when {@code from} is {@linkplain #close closed} on this side before its peer has ended. The
   *     output is not ended on failure, because bytes are missing. Cancelling the future stops the
   *     pump; bytes not yet read can still be read
   */
  public static Future<Long> pump(IOStream from, IOStream to) {
    Pump pump = new Pump(from, Objects.requireNonNull(to, "to == null"));
    from.checkReadable("pump()");
    return Gen.coroutine(pump::run);
  }

  /**
   * Returns a future that is done when more should be written. It is done at once while the unsent
   * bytes do not exceed the high mark, and otherwise when they have fallen to the low mark. Tornado
   * has none; Netty: {@code isWritable}.
   */
  public Future<@Nullable Void> awaitWritable() {
    checkThread("awaitWritable()");
    if (closed()) {
      throw new StreamClosedException(error);
    }
    return writing.whenWritable();
  }

  /**
   * Sets the marks of {@link #awaitWritable} in bytes; 32 KiB and 64 KiB by default.
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
   * Ends the output: earlier writes are sent, and then the peer sees the end of input. Reading
   * continues. A second call does nothing. asyncio: {@code write_eof}.
   *
   * <p>TLS signals the end with close_notify. In TLS 1.2 the peer must answer by closing: it
   * discards what it has not sent, and both sides read the end.
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
   * Switches the connection to TLS 1.2 or newer. From then on use the returned stream instead of
   * this one; it takes over the limits and the close callback. The context checks the peer's
   * certificates; a client also checks that they belong to the host. Tornado: {@code start_tls}.
   *
   * @param serverSide whether this side is the server of the handshake
   * @param context the certificates, or null for the JDK's default
   * @param serverHostname the host that a client connects to, as a name or a literal address; null
   *     for a server. The client sends a valid host name to the server (SNI), in ASCII and without
   *     a trailing dot; it sends no address and no name with an underscore
   * @return a future that is done when the handshake is; the handshake may take at most 10 seconds.
   *     On failure it fails with {@link StreamClosedException}, whose real error says why, and the
   *     connection is closed
   * @throws IllegalArgumentException if a client names no host
   * @throws IllegalStateException if a read or a write is pending, or if received bytes are unread
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
   * As {@link #startTls(boolean, SSLContext, String)}, with a configured engine: its mode,
   * protocols, ALPN, SNI and certificates are used unchanged. An engine without a mode fails the
   * future and closes the connection, as does any other error.
   */
  public Future<IOStream> startTls(SSLEngine engine) {
    Objects.requireNonNull(engine, "engine == null");
    checkThread("startTls()");
    if (closed()) {
      throw new StreamClosedException(error);
    }
    if (connecting() || reading.isPending() || writing.isPending() || reading.hasUnread()) {
      throw new IllegalStateException(
          "startTls() while a read or a write is pending or received bytes are unread;"
              + " await them first");
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
   * Closes both directions of the stream at once. Pending bytes that the system accepts immediately
   * are still sent. Pending reads and writes fail, except that {@link #readUntilClose} returns what
   * has arrived. A second call does nothing. Tornado: {@code close}.
   */
  @Override
  public void close() {
    checkThread("close()");
    closeBy(null);
  }

  /**
   * As {@link #close()}, because of {@code error}: pending futures fail with it, and it is logged
   * at debug level.
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

  /** Returns the error that closed the stream; null while it is open and after an orderly close. */
  public @Nullable Throwable error() {
    return error;
  }

  /**
   * Sets a callback that runs once, as a callback of the loop, when the stream is closed and reads
   * have been given the bytes that arrived before; null removes it. While one is set, the stream
   * notices the peer's end without a read. Tornado: {@code set_close_callback}.
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
   * Sets whether the peer's end of input closes the stream (false, the default) or only ends
   * reading (true); writing then continues until {@link #close()}. asyncio: the result of {@code
   * eof_received}.
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

  /** Returns whether written bytes are still unsent. */
  public boolean writing() {
    return writing.isPending();
  }

  /** Returns the address of this side, or null if it has none. */
  public @Nullable SocketAddress localAddress() {
    return transport.localAddress();
  }

  /** Returns the address of the peer, or null if it has none. */
  public @Nullable SocketAddress remoteAddress() {
    return transport.remoteAddress();
  }

  /** Returns the read buffer limit in bytes; 100 MiB by default. */
  public int maxBufferSize() {
    return reading.maxBytes;
  }

  /**
   * Sets the read buffer limit in bytes. A read that needs more closes the stream with a {@link
   * StreamBufferFullException}.
   */
  public void setMaxBufferSize(int bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("bytes < 1: " + bytes);
    }
    checkThread("setMaxBufferSize()");
    reading.maxBytes = bytes;
  }

  /** Returns the limit of unsent bytes; {@link Integer#MAX_VALUE} by default. */
  public int maxWriteBufferSize() {
    return writing.maxBytes;
  }

  /** Sets the limit of unsent bytes. A write that would exceed it is refused. */
  public void setMaxWriteBufferSize(int bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("bytes < 1: " + bytes);
    }
    checkThread("setMaxWriteBufferSize()");
    writing.maxBytes = bytes;
  }

  /**
   * Sets whether small writes are sent at once (true, the default) or collected by the system while
   * earlier ones are in flight. Does nothing on a closed stream and on transports without this
   * option. Tornado: {@code set_nodelay}.
   */
  public void setNodelay(boolean nodelay) {
    checkThread("setNodelay()");
    if (!closed) {
      try {
        transport.setNodelay(nodelay);
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "setNodelay() had no effect", e); // Most likely the peer is gone.
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
   * Sets an owner that is told at once when the stream is closed (null) or when another stream
   * takes over its connection.
   */
  void setOwner(Consumer<@Nullable IOStream> owner) {
    this.owner = owner;
  }

  // For Reading and Writing

  StreamTransport transport() {
    return transport;
  }

  StreamBuffers buffers() {
    return buffers;
  }

  boolean connecting() {
    return readiness.connecting();
  }

  /** Returns whether receiving has ended. After a failed write it continues for a while. */
  boolean over() {
    return closed;
  }

  boolean allowsHalfClose() {
    return allowHalfClose;
  }

  /** Returns whether the stream watches for the peer's end while no read is pending. */
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

  /** Closes the stream after the callbacks that are already queued. */
  void closeSoon() {
    loop.addCallback(
        () -> {
          if (!reading.isPending() && detectsClose()) {
            closeBy(null);
          }
        });
  }

  /**
   * Ends writing because of {@code failure}. The stream first receives what arrived before the
   * failure and then closes.
   */
  void failWriting(IOException failure) {
    error = failure; // From here on an end of input is not an orderly close.
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
        // The stream is being closed, so nobody is left to tell.
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
      // Debug only: the reader is told, and a hostile client could fill the log.
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
