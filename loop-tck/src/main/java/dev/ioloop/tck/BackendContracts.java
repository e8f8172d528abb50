package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * All contracts. One class that extends this one and names the backend tests it:
 *
 * <pre>
 * &#64;Backend("epoll")
 * final class EpollContractsTest extends BackendContracts {}
 * </pre>
 *
 * <p>A report names the backend by that class, and the contract by the nested class. If the backend
 * is not available, the whole class is skipped, with its provider's reason.
 */
@ExtendWith(OnBackend.class)
public abstract class BackendContracts {

  /** Made by subclasses. */
  protected BackendContracts() {}

  /** Returns a new loop of the backend under test; by default the named one. */
  protected IOLoop newLoop() {
    return IOLoop.create(backend().value());
  }

  private Backend backend() {
    return AnnotationSupport.findAnnotation(getClass(), Backend.class)
        .orElseThrow(() -> new IllegalStateException("no @Backend on " + getClass().getName()));
  }

  /** Skips the present test, with the reason, on a backend that lacks {@code capability}. */
  final void assumeCan(Capability capability) {
    Backend backend = backend();
    Assumptions.assumeFalse(
        List.of(backend.lacks()).contains(capability),
        () -> capability.reasonToSkip(backend.value()));
  }

  /**
   * Lets a moment pass on the clock of the last new loop, while nothing runs. By default that is
   * the system's clock, which needs no help.
   */
  protected void passTime() {
    java.lang.Thread.onSpinWait();
  }

  // One class for each contract; a test of this module fails if one is missing.

  @Nested
  class Address extends AddressContract {}

  @Nested
  class AnySuccessful extends AnySuccessfulContract {}

  @Nested
  class AsyncGenerator extends AsyncGeneratorContract {}

  @Nested
  class Await extends AwaitContract {}

  @Nested
  class Callback extends CallbackContract {}

  @Nested
  class Cancellation extends CancellationContract {}

  @Nested
  class CancellationOrder extends CancellationOrderContract {}

  @Nested
  class CancellationScope extends CancellationScopeContract {}

  @Nested
  class Client extends ClientContract {}

  @Nested
  class Combinator extends CombinatorContract {}

  @Nested
  class Completion extends CompletionContract {}

  @Nested
  class Condition extends ConditionContract {}

  @Nested
  class Context extends ContextContract {}

  @Nested
  class ContextHandler extends ContextHandlerContract {}

  @Nested
  class Continuation extends ContinuationContract {}

  @Nested
  class Coroutine extends CoroutineContract {}

  @Nested
  class Dump extends DumpContract {}

  @Nested
  class Elements extends ElementsContract {}

  @Nested
  class Error extends ErrorContract {}

  @Nested
  class Event extends EventContract {}

  @Nested
  class Executor extends ExecutorContract {}

  @Nested
  class Future extends FutureContract {}

  @Nested
  class Generator extends GeneratorContract {}

  @Nested
  class GuardRail extends GuardRailContract {}

  @Nested
  class HandlerArgument extends HandlerArgumentContract {}

  @Nested
  class Handler extends HandlerContract {}

  @Nested
  class Leak extends LeakContract {}

  @Nested
  class Lock extends LockContract {}

  @Nested
  class LockThread extends LockThreadContract {}

  @Nested
  class LostFailure extends LostFailureContract {}

  @Nested
  class Management extends ManagementContract {}

  @Nested
  class Pipe extends PipeContract {}

  @Nested
  class Queue extends QueueContract {}

  @Nested
  class QueueJoin extends QueueJoinContract {}

  @Nested
  class QueueOrder extends QueueOrderContract {}

  @Nested
  class RunSync extends RunSyncContract {}

  @Nested
  class Scale extends ScaleContract {}

  @Nested
  class Semaphore extends SemaphoreContract {}

  @Nested
  class Server extends ServerContract {}

  @Nested
  class ServerLoops extends ServerLoopsContract {}

  @Nested
  class ServerOptions extends ServerOptionsContract {}

  @Nested
  class Socket extends SocketContract {}

  @Nested
  class Spawn extends SpawnContract {}

  @Nested
  class StackTrace extends StackTraceContract {}

  @Nested
  class StartStop extends StartStopContract {}

  @Nested
  class Stats extends StatsContract {}

  @Nested
  class StreamClose extends StreamCloseContract {}

  @Nested
  class StreamFault extends StreamFaultContract {}

  @Nested
  class StreamRead extends StreamReadContract {}

  @Nested
  class StreamText extends StreamTextContract {}

  @Nested
  class StreamTransport extends StreamTransportContract {}

  @Nested
  class StreamWrite extends StreamWriteContract {}

  @Nested
  class TaskGroup extends TaskGroupContract {}

  @Nested
  class TaskGroupFailure extends TaskGroupFailureContract {}

  @Nested
  class Thread extends ThreadContract {}

  @Nested
  class TimeoutBody extends TimeoutBodyContract {}

  @Nested
  class Timeout extends TimeoutContract {}

  @Nested
  class Tls extends TlsContract {}

  @Nested
  class TlsEnd extends TlsEndContract {}

  @Nested
  class TlsFailure extends TlsFailureContract {}

  @Nested
  class TlsName extends TlsNameContract {}

  @Nested
  class TlsProvider extends TlsProviderContract {}

  @Nested
  class TlsRation extends TlsRationContract {}

  @Nested
  class Unwinding extends UnwindingContract {}

  @Nested
  class WaitIterator extends WaitIteratorContract {}

  @Nested
  class Watchdog extends WatchdogContract {}

  @Nested
  class Yieldable extends YieldableContract {}
}
