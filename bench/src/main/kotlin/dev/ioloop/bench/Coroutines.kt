package dev.ioloop.bench

import io.netty.channel.EventLoop
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.resume
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.yield

/**
 * What the benchmarks do, done by Kotlin's coroutines on a Netty event loop: so many times, then
 * `finish`. All functions are called on the event loop's thread.
 */
class Coroutines
private constructor(private val eventLoop: EventLoop, dispatcher: CoroutineDispatcher) {
  private val scope = CoroutineScope(dispatcher)

  companion object {
    /** Coroutines that are always resumed by a task of the event loop. */
    @JvmStatic
    fun dispatched(eventLoop: EventLoop) = Coroutines(eventLoop, eventLoop.asCoroutineDispatcher())

    /** Coroutines that go on in place when the event loop resumes them, as in Ktor. */
    @JvmStatic
    fun inline(eventLoop: EventLoop) = Coroutines(eventLoop, InlineDispatcher(eventLoop))
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
            eventLoop.execute(next)
          }
        } else {
          finish.run()
        }
      }
    }.run()
  }

  private suspend fun awaitCallback(): Int = suspendCancellableCoroutine { continuation ->
    eventLoop.execute { continuation.resume(1) }
  }

  private suspend fun awaitDeferred(): Int {
    val deferred = CompletableDeferred<Int>()
    eventLoop.execute { deferred.complete(1) }
    return deferred.await()
  }

  private class InlineDispatcher(private val eventLoop: EventLoop) : CoroutineDispatcher() {
    override fun isDispatchNeeded(context: CoroutineContext) = !eventLoop.inEventLoop()

    override fun dispatch(context: CoroutineContext, block: Runnable) = eventLoop.execute(block)
  }
}
