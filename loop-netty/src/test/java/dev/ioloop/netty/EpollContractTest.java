package dev.ioloop.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.AddressContract;
import dev.ioloop.tck.AnySuccessfulContract;
import dev.ioloop.tck.AsyncGeneratorContract;
import dev.ioloop.tck.AwaitContract;
import dev.ioloop.tck.CallbackContract;
import dev.ioloop.tck.CancellationContract;
import dev.ioloop.tck.CancellationOrderContract;
import dev.ioloop.tck.CancellationScopeContract;
import dev.ioloop.tck.ClientContract;
import dev.ioloop.tck.CombinatorContract;
import dev.ioloop.tck.CompletionContract;
import dev.ioloop.tck.ConditionContract;
import dev.ioloop.tck.ContextContract;
import dev.ioloop.tck.ContextHandlerContract;
import dev.ioloop.tck.ContinuationContract;
import dev.ioloop.tck.Contracts;
import dev.ioloop.tck.CoroutineContract;
import dev.ioloop.tck.DumpContract;
import dev.ioloop.tck.ElementsContract;
import dev.ioloop.tck.ErrorContract;
import dev.ioloop.tck.EventContract;
import dev.ioloop.tck.ExecutorContract;
import dev.ioloop.tck.FutureContract;
import dev.ioloop.tck.GeneratorContract;
import dev.ioloop.tck.GuardRailContract;
import dev.ioloop.tck.HandlerArgumentContract;
import dev.ioloop.tck.HandlerContract;
import dev.ioloop.tck.LeakContract;
import dev.ioloop.tck.LockContract;
import dev.ioloop.tck.LockThreadContract;
import dev.ioloop.tck.LostFailureContract;
import dev.ioloop.tck.ManagementContract;
import dev.ioloop.tck.PipeContract;
import dev.ioloop.tck.QueueContract;
import dev.ioloop.tck.QueueJoinContract;
import dev.ioloop.tck.QueueOrderContract;
import dev.ioloop.tck.RunSyncContract;
import dev.ioloop.tck.ScaleContract;
import dev.ioloop.tck.SemaphoreContract;
import dev.ioloop.tck.ServerContract;
import dev.ioloop.tck.ServerLoopsContract;
import dev.ioloop.tck.ServerOptionsContract;
import dev.ioloop.tck.SocketContract;
import dev.ioloop.tck.SpawnContract;
import dev.ioloop.tck.StackTraceContract;
import dev.ioloop.tck.StartStopContract;
import dev.ioloop.tck.StatsContract;
import dev.ioloop.tck.StreamCloseContract;
import dev.ioloop.tck.StreamFaultContract;
import dev.ioloop.tck.StreamReadContract;
import dev.ioloop.tck.StreamTextContract;
import dev.ioloop.tck.StreamTransportContract;
import dev.ioloop.tck.StreamWriteContract;
import dev.ioloop.tck.TaskGroupContract;
import dev.ioloop.tck.TaskGroupFailureContract;
import dev.ioloop.tck.ThreadContract;
import dev.ioloop.tck.TimeoutBodyContract;
import dev.ioloop.tck.TimeoutContract;
import dev.ioloop.tck.TlsContract;
import dev.ioloop.tck.TlsEndContract;
import dev.ioloop.tck.TlsFailureContract;
import dev.ioloop.tck.TlsNameContract;
import dev.ioloop.tck.TlsProviderContract;
import dev.ioloop.tck.TlsRationContract;
import dev.ioloop.tck.UnwindingContract;
import dev.ioloop.tck.WaitIteratorContract;
import dev.ioloop.tck.WatchdogContract;
import dev.ioloop.tck.YieldableContract;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The shared contracts on epoll. */
class EpollContractTest {

  @BeforeAll
  static void skipWhereThereIsNone() {
    Pollers.assumeAvailable(new EpollProvider());
  }

  @Test
  void noContractIsLeftOut() {
    assertThat(Contracts.notRunBeside(EpollContractTest.class)).isEmpty();
  }

  @Nested
  class Address extends AddressContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class AnySuccessful extends AnySuccessfulContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class AsyncGenerator extends AsyncGeneratorContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Await extends AwaitContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Callback extends CallbackContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class CancellationOrder extends CancellationOrderContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class CancellationScope extends CancellationScopeContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Cancellation extends CancellationContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Client extends ClientContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Combinator extends CombinatorContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Completion extends CompletionContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Condition extends ConditionContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Context extends ContextContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class ContextHandler extends ContextHandlerContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Continuation extends ContinuationContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Coroutine extends CoroutineContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Dump extends DumpContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Elements extends ElementsContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Error extends ErrorContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Event extends EventContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Executor extends ExecutorContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Future extends FutureContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Generator extends GeneratorContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class GuardRail extends GuardRailContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class HandlerArgument extends HandlerArgumentContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Handler extends HandlerContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Leak extends LeakContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Lock extends LockContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class LockThread extends LockThreadContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class LostFailure extends LostFailureContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Management extends ManagementContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class QueueJoin extends QueueJoinContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class QueueOrder extends QueueOrderContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Queue extends QueueContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class RunSync extends RunSyncContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Scale extends ScaleContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Semaphore extends SemaphoreContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Server extends ServerContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class ServerLoops extends ServerLoopsContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class ServerOptions extends ServerOptionsContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Socket extends SocketContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Spawn extends SpawnContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class StackTrace extends StackTraceContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class StartStop extends StartStopContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Stats extends StatsContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class TaskGroupFailure extends TaskGroupFailureContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class StreamRead extends StreamReadContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class StreamWrite extends StreamWriteContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class StreamClose extends StreamCloseContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class StreamFault extends StreamFaultContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Pipe extends PipeContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class StreamText extends StreamTextContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class StreamTransport extends StreamTransportContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class TaskGroup extends TaskGroupContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Thread extends ThreadContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class TimeoutBody extends TimeoutBodyContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Timeout extends TimeoutContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Tls extends TlsContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class TlsEnd extends TlsEndContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class TlsFailure extends TlsFailureContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class TlsName extends TlsNameContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class TlsProvider extends TlsProviderContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class TlsRation extends TlsRationContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Unwinding extends UnwindingContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class WaitIterator extends WaitIteratorContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Watchdog extends WatchdogContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }

  @Nested
  class Yieldable extends YieldableContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }
}
