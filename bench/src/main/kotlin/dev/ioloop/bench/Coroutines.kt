package dev.ioloop.bench

import io.netty.channel.EventLoop
import java.util.concurrent.Executor
import java.util.function.BiConsumer
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.resume
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.yield

/**
 * What the benchmarks do, done by Kotlin's coroutines on an event loop: so many times, then
 * `finish`. All functions are called on the event loop's thread.
 */
class Coroutines
private constructor(private val executor: Executor, private val scope: CoroutineScope) {

  companion object {
    /** Coroutines that are always resumed by a task of the event loop. */
    @JvmStatic
    fun dispatched(eventLoop: EventLoop) =
      Coroutines(eventLoop, CoroutineScope(eventLoop.asCoroutineDispatcher()))

    /** Coroutines that go on in place when the event loop resumes them, as in Ktor. */
    @JvmStatic
    fun inline(eventLoop: EventLoop) =
      Coroutines(eventLoop, CoroutineScope(InlineDispatcher(eventLoop)))

    /** Gives `body` coroutines on the loop of `runBlocking`, and returns after its `finish`. */
    @JvmStatic
    fun blocking(finish: Runnable, body: BiConsumer<Coroutines, Runnable>): Unit = runBlocking {
      val dispatcher = coroutineContext[ContinuationInterceptor] as CoroutineDispatcher
      val finished = CompletableDeferred<Unit>()
      body.accept(Coroutines({ dispatcher.dispatch(coroutineContext, it) }, this)) {
        finish.run()
        finished.complete(Unit)
      }
      finished.await()
    }
  }

  fun awaitCallbacks(times: Int, finish: Runnable) {
    scope.launch {
      repeat(times) { awaitCallback() }
      finish.run()
    }
  }

  fun awaitDeferreds(times: Int, finish: Runnable) {
    scope.launch {
      repeat(times) { awaitDeferred() }
      finish.run()
    }
  }

  fun awaitDone(times: Int, finish: Runnable) {
    val done = CompletableDeferred(1)
    scope.launch {
      var sum = 0
      repeat(times) { sum += done.await() }
      check(sum == times)
      finish.run()
    }
  }

  fun lock(times: Int, finish: Runnable) {
    val mutex = Mutex()
    scope.launch {
      repeat(times) { mutex.withLock {} }
      finish.run()
    }
  }

  /** Two take turns with a lock, which each holds for a turn of the loop. */
  fun handOver(times: Int, finish: Runnable) {
    val mutex = Mutex()
    var left = times
    repeat(2) {
      scope.launch {
        repeat(times / 2) { mutex.withLock { yield() } }
        left -= times / 2
        if (left == 0) finish.run()
      }
    }
  }

  /** One sends through a channel of one what another one receives. */
  fun transfer(times: Int, finish: Runnable) {
    val channel = Channel<String>(1)
    scope.launch { repeat(times) { channel.send("item") } }
    scope.launch {
      repeat(times) { channel.receive() }
      finish.run()
    }
  }

  fun awaitDeep(times: Int, depth: Int, finish: Runnable) {
    scope.launch {
      repeat(times) { descend(depth) }
      finish.run()
    }
  }

  private suspend fun descend(depth: Int): Int =
    if (depth > 0) descend(depth - 1) + 1 else awaitDeferred()

  fun awaitAll(times: Int, many: Int, finish: Runnable) {
    scope.launch {
      repeat(times) {
        val gates = List(many) { CompletableDeferred<Int>() }
        gates.forEach { gate -> executor.execute { gate.complete(1) } }
        gates.awaitAll()
      }
      finish.run()
    }
  }

  fun sendAndReceive(times: Int, finish: Runnable) {
    val channel = Channel<String>(Channel.UNLIMITED)
    scope.launch {
      repeat(times) {
        channel.send("item")
        channel.receive()
      }
      finish.run()
    }
  }

  /**
   * Suspends so many coroutines, each below three functions of its own, and returns what resumes
   * them all. Called on any thread.
   */
  fun park(coroutines: Int): Runnable {
    val gates = List(coroutines) { CompletableDeferred<Int>() }
    gates.forEach { gate -> scope.launch(start = CoroutineStart.UNDISPATCHED) { outer(gate) } }
    return Runnable { gates.forEach { it.complete(1) } }
  }

  private suspend fun outer(gate: CompletableDeferred<Int>): Int = middle(gate) + 1

  private suspend fun middle(gate: CompletableDeferred<Int>): Int = inner(gate) + 1

  private suspend fun inner(gate: CompletableDeferred<Int>): Int = gate.await() + 1

  fun yieldRepeatedly(times: Int, finish: Runnable) {
    scope.launch {
      repeat(times) { yield() }
      finish.run()
    }
  }

  fun launchAndAwaitCallback(times: Int, finish: Runnable) =
    launchRepeatedly(times, finish, CoroutineStart.UNDISPATCHED) { awaitCallback() }

  fun launchAndAwaitDeferred(times: Int, finish: Runnable) =
    launchRepeatedly(times, finish, CoroutineStart.DEFAULT) { awaitDeferred() }

  private inline fun launchRepeatedly(
    times: Int,
    finish: Runnable,
    start: CoroutineStart,
    crossinline body: suspend () -> Int,
  ) {
    var left = times
    object : Runnable {
      override fun run() {
        val next = this
        if (left > 0) {
          scope.launch(start = start) {
            left -= body()
            executor.execute(next)
          }
        } else {
          finish.run()
        }
      }
    }.run()
  }

  private suspend fun awaitCallback(): Int = suspendCancellableCoroutine { continuation ->
    executor.execute { continuation.resume(1) }
  }

  private suspend fun awaitDeferred(): Int {
    val deferred = CompletableDeferred<Int>()
    executor.execute { deferred.complete(1) }
    return deferred.await()
  }

  private class InlineDispatcher(private val eventLoop: EventLoop) : CoroutineDispatcher() {
    override fun isDispatchNeeded(context: CoroutineContext) = !eventLoop.inEventLoop()

    override fun dispatch(context: CoroutineContext, block: Runnable) = eventLoop.execute(block)
  }
}
