package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.CallbackContract;
import dev.ioloop.tck.CancellationContract;
import dev.ioloop.tck.ClientContract;
import dev.ioloop.tck.HandlerArgumentContract;
import dev.ioloop.tck.HandlerContract;
import dev.ioloop.tck.PipeContract;
import dev.ioloop.tck.ServerContract;
import dev.ioloop.tck.SocketContract;
import dev.ioloop.tck.StartStopContract;
import dev.ioloop.tck.StreamCloseContract;
import dev.ioloop.tck.StreamFaultContract;
import dev.ioloop.tck.StreamReadContract;
import dev.ioloop.tck.StreamWriteContract;
import dev.ioloop.tck.TimeoutContract;
import dev.ioloop.tck.TlsContract;
import dev.ioloop.tck.TlsEndContract;
import dev.ioloop.testing.ShufflingPoller;
import java.util.Random;
import org.junit.jupiter.api.Nested;

/** The contracts that have to do with channels and time, in orders that differ from run to run. */
final class ShuffledContractsTest {
  private static final long SEED = new Random().nextInt(1, Integer.MAX_VALUE);

  static {
    System.out.println("Contracts are shuffled by seed " + SEED);
  }

  private static IOLoop shuffled() {
    return ShufflingPoller.newLoop("nio", SEED);
  }

  @Nested
  final class Handler extends HandlerContract {
    @Override
    protected IOLoop newLoop() {
      return shuffled();
    }
  }

  @Nested
  final class HandlerArgument extends HandlerArgumentContract {
    @Override
    protected IOLoop newLoop() {
      return shuffled();
    }
  }

  @Nested
  final class Socket extends SocketContract {
    @Override
    protected IOLoop newLoop() {
      return shuffled();
    }
  }

  @Nested
  final class Server extends ServerContract {
    @Override
    protected IOLoop newLoop() {
      return shuffled();
    }
  }

  @Nested
  final class Client extends ClientContract {
    @Override
    protected IOLoop newLoop() {
      return shuffled();
    }
  }

  @Nested
  final class Pipe extends PipeContract {
    @Override
    protected IOLoop newLoop() {
      return shuffled();
    }
  }

  @Nested
  final class StreamRead extends StreamReadContract {
    @Override
    protected IOLoop newLoop() {
      return shuffled();
    }
  }

  @Nested
  final class StreamWrite extends StreamWriteContract {
    @Override
    protected IOLoop newLoop() {
      return shuffled();
    }
  }

  @Nested
  final class StreamClose extends StreamCloseContract {
    @Override
    protected IOLoop newLoop() {
      return shuffled();
    }
  }

  @Nested
  final class StreamFault extends StreamFaultContract {
    @Override
    protected IOLoop newLoop() {
      return shuffled();
    }
  }

  @Nested
  final class Tls extends TlsContract {
    @Override
    protected IOLoop newLoop() {
      return shuffled();
    }
  }

  @Nested
  final class TlsEnd extends TlsEndContract {
    @Override
    protected IOLoop newLoop() {
      return shuffled();
    }
  }

  @Nested
  final class Timeout extends TimeoutContract {
    @Override
    protected IOLoop newLoop() {
      return shuffled();
    }
  }

  @Nested
  final class Callback extends CallbackContract {
    @Override
    protected IOLoop newLoop() {
      return shuffled();
    }
  }

  @Nested
  final class StartStop extends StartStopContract {
    @Override
    protected IOLoop newLoop() {
      return shuffled();
    }
  }

  @Nested
  final class Cancellation extends CancellationContract {
    @Override
    protected IOLoop newLoop() {
      return shuffled();
    }
  }
}
