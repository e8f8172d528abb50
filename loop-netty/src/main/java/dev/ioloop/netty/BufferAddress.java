package dev.ioloop.netty;

import io.netty.channel.unix.Buffer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The address of the direct buffer that was used last. It is kept from collection meanwhile. */
final class BufferAddress {
  private @Nullable ByteBuffer buffer;
  private long address;

  /** Returns where position zero of a direct buffer is in memory. */
  long of(ByteBuffer direct) {
    if (buffer != direct) {
      address = Buffer.memoryAddress(direct);
      buffer = direct;
    }
    return address;
  }
}
