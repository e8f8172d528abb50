package dev.ioloop.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.AddressContract;
import dev.ioloop.testing.contract.AnySuccessfulContract;
import dev.ioloop.testing.contract.AsyncGeneratorContract;
import dev.ioloop.testing.contract.AwaitContract;
import dev.ioloop.testing.contract.CallbackContract;
import dev.ioloop.testing.contract.CancellationContract;
import dev.ioloop.testing.contract.CancellationOrderContract;
import dev.ioloop.testing.contract.CancellationScopeContract;
import dev.ioloop.testing.contract.ClientContract;
import dev.ioloop.testing.contract.CombinatorContract;
import dev.ioloop.testing.contract.CompletionContract;
import dev.ioloop.testing.contract.ConditionContract;
import dev.ioloop.testing.contract.ContextContract;
import dev.ioloop.testing.contract.ContextHandlerContract;
import dev.ioloop.testing.contract.ContinuationContract;
import dev.ioloop.testing.contract.Contracts;
import dev.ioloop.testing.contract.CoroutineContract;
import dev.ioloop.testing.contract.DumpContract;
import dev.ioloop.testing.contract.ElementsContract;
import dev.ioloop.testing.contract.ErrorContract;
import dev.ioloop.testing.contract.EventContract;
import dev.ioloop.testing.contract.ExecutorContract;
import dev.ioloop.testing.contract.FutureContract;
import dev.ioloop.testing.contract.GeneratorContract;
import dev.ioloop.testing.contract.GuardRailContract;
import dev.ioloop.testing.contract.HandlerArgumentContract;
import dev.ioloop.testing.contract.HandlerContract;
import dev.ioloop.testing.contract.LeakContract;
import dev.ioloop.testing.contract.LockContract;
import dev.ioloop.testing.contract.LockThreadContract;
import dev.ioloop.testing.contract.LostFailureContract;
import dev.ioloop.testing.contract.ManagementContract;
import dev.ioloop.testing.contract.PipeContract;
import dev.ioloop.testing.contract.QueueContract;
import dev.ioloop.testing.contract.QueueJoinContract;
import dev.ioloop.testing.contract.QueueOrderContract;
import dev.ioloop.testing.contract.RunSyncContract;
import dev.ioloop.testing.contract.ScaleContract;
import dev.ioloop.testing.contract.SemaphoreContract;
import dev.ioloop.testing.contract.ServerContract;
import dev.ioloop.testing.contract.ServerLoopsContract;
import dev.ioloop.testing.contract.ServerOptionsContract;
import dev.ioloop.testing.contract.SocketContract;
import dev.ioloop.testing.contract.SpawnContract;
import dev.ioloop.testing.contract.StackTraceContract;
import dev.ioloop.testing.contract.StartStopContract;
import dev.ioloop.testing.contract.StatsContract;
import dev.ioloop.testing.contract.StreamCloseContract;
import dev.ioloop.testing.contract.StreamFaultContract;
import dev.ioloop.testing.contract.StreamReadContract;
import dev.ioloop.testing.contract.StreamTextContract;
import dev.ioloop.testing.contract.StreamTransportContract;
import dev.ioloop.testing.contract.StreamWriteContract;
import dev.ioloop.testing.contract.TaskGroupContract;
import dev.ioloop.testing.contract.TaskGroupFailureContract;
import dev.ioloop.testing.contract.ThreadContract;
import dev.ioloop.testing.contract.TimeoutBodyContract;
import dev.ioloop.testing.contract.TimeoutContract;
import dev.ioloop.testing.contract.TlsContract;
import dev.ioloop.testing.contract.TlsEndContract;
import dev.ioloop.testing.contract.TlsFailureContract;
import dev.ioloop.testing.contract.TlsNameContract;
import dev.ioloop.testing.contract.TlsProviderContract;
import dev.ioloop.testing.contract.TlsRationContract;
import dev.ioloop.testing.contract.UnwindingContract;
import dev.ioloop.testing.contract.WaitIteratorContract;
import dev.ioloop.testing.contract.WatchdogContract;
import dev.ioloop.testing.contract.YieldableContract;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The shared contracts on kqueue: skipped, with the reason, where there is none. */
class KQueueContractTest {

  @BeforeAll
  static void skipWhereThereIsNone() {
    Pollers.assumeAvailable(new KQueueProvider());
  }

  @Test
  void noContractIsLeftOut() {
    assertThat(Contracts.notRunBeside(KQueueContractTest.class)).isEmpty();
  }

  @Nested
  class Address extends AddressContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class AnySuccessful extends AnySuccessfulContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class AsyncGenerator extends AsyncGeneratorContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Await extends AwaitContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Callback extends CallbackContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class CancellationOrder extends CancellationOrderContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class CancellationScope extends CancellationScopeContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Cancellation extends CancellationContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Client extends ClientContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Combinator extends CombinatorContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Completion extends CompletionContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Condition extends ConditionContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Context extends ContextContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class ContextHandler extends ContextHandlerContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Continuation extends ContinuationContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Coroutine extends CoroutineContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Dump extends DumpContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Elements extends ElementsContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Error extends ErrorContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Event extends EventContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Executor extends ExecutorContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Future extends FutureContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Generator extends GeneratorContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class GuardRail extends GuardRailContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class HandlerArgument extends HandlerArgumentContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Handler extends HandlerContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Leak extends LeakContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Lock extends LockContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class LockThread extends LockThreadContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class LostFailure extends LostFailureContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Management extends ManagementContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class QueueJoin extends QueueJoinContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class QueueOrder extends QueueOrderContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Queue extends QueueContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class RunSync extends RunSyncContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Scale extends ScaleContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Semaphore extends SemaphoreContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Server extends ServerContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class ServerLoops extends ServerLoopsContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class ServerOptions extends ServerOptionsContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Socket extends SocketContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Spawn extends SpawnContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class StackTrace extends StackTraceContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class StartStop extends StartStopContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Stats extends StatsContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class TaskGroupFailure extends TaskGroupFailureContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class StreamRead extends StreamReadContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class StreamWrite extends StreamWriteContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class StreamClose extends StreamCloseContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class StreamFault extends StreamFaultContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Pipe extends PipeContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class StreamText extends StreamTextContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class StreamTransport extends StreamTransportContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class TaskGroup extends TaskGroupContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Thread extends ThreadContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class TimeoutBody extends TimeoutBodyContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Timeout extends TimeoutContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Tls extends TlsContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class TlsEnd extends TlsEndContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class TlsFailure extends TlsFailureContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class TlsName extends TlsNameContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class TlsProvider extends TlsProviderContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class TlsRation extends TlsRationContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Unwinding extends UnwindingContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class WaitIterator extends WaitIteratorContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Watchdog extends WatchdogContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }

  @Nested
  class Yieldable extends YieldableContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("kqueue");
    }
  }
}
