package dev.ioloop.netty;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.AnySuccessfulContract;
import dev.ioloop.testing.contract.AwaitContract;
import dev.ioloop.testing.contract.CallbackContract;
import dev.ioloop.testing.contract.CancellationContract;
import dev.ioloop.testing.contract.CancellationOrderContract;
import dev.ioloop.testing.contract.CancellationScopeContract;
import dev.ioloop.testing.contract.CombinatorContract;
import dev.ioloop.testing.contract.CompletionContract;
import dev.ioloop.testing.contract.ConditionContract;
import dev.ioloop.testing.contract.ContinuationContract;
import dev.ioloop.testing.contract.CoroutineContract;
import dev.ioloop.testing.contract.ErrorContract;
import dev.ioloop.testing.contract.EventContract;
import dev.ioloop.testing.contract.FutureContract;
import dev.ioloop.testing.contract.HandlerArgumentContract;
import dev.ioloop.testing.contract.HandlerContract;
import dev.ioloop.testing.contract.LeakContract;
import dev.ioloop.testing.contract.LockContract;
import dev.ioloop.testing.contract.LockThreadContract;
import dev.ioloop.testing.contract.QueueContract;
import dev.ioloop.testing.contract.QueueJoinContract;
import dev.ioloop.testing.contract.QueueOrderContract;
import dev.ioloop.testing.contract.RunSyncContract;
import dev.ioloop.testing.contract.ScaleContract;
import dev.ioloop.testing.contract.SemaphoreContract;
import dev.ioloop.testing.contract.SocketContract;
import dev.ioloop.testing.contract.SpawnContract;
import dev.ioloop.testing.contract.StartStopContract;
import dev.ioloop.testing.contract.TaskGroupContract;
import dev.ioloop.testing.contract.TaskGroupFailureContract;
import dev.ioloop.testing.contract.ThreadContract;
import dev.ioloop.testing.contract.TimeoutBodyContract;
import dev.ioloop.testing.contract.TimeoutContract;
import dev.ioloop.testing.contract.UnwindingContract;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The shared contracts on epoll. */
class EpollContractTest {

  @BeforeAll
  static void skipWhereThereIsNone() {
    Pollers.assumeAvailable(new EpollProvider());
  }

  @Nested
  class AnySuccessful extends AnySuccessfulContract {
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
  class Future extends FutureContract {
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
  class StartStop extends StartStopContract {
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
  class Unwinding extends UnwindingContract {
    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }
  }
}
