package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.ShufflingPoller;
import dev.ioloop.testing.contract.CallbackContract;
import dev.ioloop.testing.contract.CancellationContract;
import dev.ioloop.testing.contract.ClientContract;
import dev.ioloop.testing.contract.HandlerArgumentContract;
import dev.ioloop.testing.contract.HandlerContract;
import dev.ioloop.testing.contract.PipeContract;
import dev.ioloop.testing.contract.ServerContract;
import dev.ioloop.testing.contract.SocketContract;
import dev.ioloop.testing.contract.StartStopContract;
import dev.ioloop.testing.contract.StreamCloseContract;
import dev.ioloop.testing.contract.StreamFaultContract;
import dev.ioloop.testing.contract.StreamReadContract;
import dev.ioloop.testing.contract.StreamWriteContract;
import dev.ioloop.testing.contract.TimeoutContract;
import dev.ioloop.testing.contract.TlsContract;
import dev.ioloop.testing.contract.TlsEndContract;
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
