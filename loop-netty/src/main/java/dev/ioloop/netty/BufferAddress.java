package dev.ioloop.netty;

import io.netty.channel.unix.Buffer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Caches the address of the direct buffer that was used last, and keeps that buffer reachable. */
final class BufferAddress {
  private @Nullable ByteBuffer buffer;
  private long address;

  /** Returns the memory address of position zero of a direct buffer. */
  long of(ByteBuffer direct) {
    if (buffer != direct) {
      address = Buffer.memoryAddress(direct);
      buffer = direct;
    }
    return address;
  }
}
