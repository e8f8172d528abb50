package dev.ioloop.tck;

import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.StreamTransport;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A transport over another one that counts reads, and can pretend that everything was written. */
final class ProbeTransport implements StreamTransport {
  private final StreamTransport lower;

  /** The number of attempts to read. */
  int reads;

  /** Whether everything written is taken at once and discarded. */
  boolean swallows;

  ProbeTransport(StreamTransport lower) {
    this.lower = lower;
  }

  @Override
  public void start(ReadyHandler handler) {
    lower.start(handler);
  }

  @Override
  public boolean finishConnect() throws IOException {
    return lower.finishConnect();
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    reads++;
    return lower.read(target);
  }

  @Override
  public long write(ByteBuffer[] sources, int from, int to) throws IOException {
    if (!swallows) {
      return lower.write(sources, from, to);
    }
    long taken = 0;
    for (int i = from; i < to; i++) {
      taken += sources[i].remaining();
      sources[i].position(sources[i].limit());
    }
    return taken;
  }

  @Override
  public boolean flush() throws IOException {
    return lower.flush();
  }

  @Override
  public void watch(int events) {
    lower.watch(events);
  }

  @Override
  public void shutdownOutput() throws IOException {
    lower.shutdownOutput();
  }

  @Override
  public void close() {
    lower.close();
  }
}
