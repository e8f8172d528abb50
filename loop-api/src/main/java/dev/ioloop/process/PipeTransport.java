package dev.ioloop.process;

import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.StreamTransport;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The loop's end of a pipe; its close notifies the thread at the other end. */
final class PipeTransport implements StreamTransport {
  private final StreamTransport pipe;
  private final Runnable onClose;

  PipeTransport(StreamTransport pipe, Runnable onClose) {
    this.pipe = pipe;
    this.onClose = onClose;
  }

  @Override
  public void start(ReadyHandler handler) {
    pipe.start(handler);
  }

  @Override
  public boolean readable() {
    return pipe.readable();
  }

  @Override
  public boolean writable() {
    return pipe.writable();
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return pipe.read(target);
  }

  @Override
  public long write(ByteBuffer[] sources, int from, int to) throws IOException {
    return pipe.write(sources, from, to);
  }

  @Override
  public void watch(int events) {
    pipe.watch(events);
  }

  @Override
  public void shutdownOutput() throws IOException {
    pipe.shutdownOutput();
  }

  @Override
  public void close() {
    pipe.close();
    onClose.run();
  }
}
