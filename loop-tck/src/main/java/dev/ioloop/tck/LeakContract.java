package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.channels.Pipe;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A loop that was closed leaves nothing behind. */
@OnEachGenerator
@Needs({Capability.CHANNELS, Capability.ORDER})
public abstract class LeakContract extends ChannelContract {

  private static final File DESCRIPTORS = new File("/proc/self/fd");

  /** Made by subclasses. */
  protected LeakContract() {}

  private void openUseAndClose(Pipe pipe) {
    try (IOLoop used = newLoop()) {
      used.addHandler(pipe.source(), events::add, IOLoop.READ);
      used.runSync(
          () -> {
            await(moment);
            coroutine(() -> await(new Future<>()));
          });
    }
  }

  // The threads of coroutines end soon after the close.
  private static int threads() throws InterruptedException {
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      least = Math.min(least, Thread.getAllStackTraces().size());
      Thread.sleep(5);
    }
    return least;
  }

  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aThousandLoopsLeakNoThreadAndNoDescriptor() throws Exception {
    Assumptions.assumeTrue(DESCRIPTORS.isDirectory(), "this system does not list descriptors");
    Pipe pipe = openPipe();
    for (int i = 0; i < 20; i++) {
      openUseAndClose(pipe);
    }
    int threadsBefore = threads();
    int descriptorsBefore = DESCRIPTORS.list().length;
    for (int i = 0; i < 1000; i++) {
      openUseAndClose(pipe);
    }
    // Other threads of the JVM come and go; what a thousand loops leak is far more than that.
    assertThat(DESCRIPTORS.list().length - descriptorsBefore).isLessThan(20);
    assertThat(threads() - threadsBefore).isLessThan(20);
  }

  @Test
  void loopThatNeverRanLeaksNoDescriptor() throws Exception {
    Assumptions.assumeTrue(DESCRIPTORS.isDirectory(), "this system does not list descriptors");
    newLoop().close();
    int before = DESCRIPTORS.list().length;
    for (int i = 0; i < 100; i++) {
      newLoop().close();
    }
    assertThat(DESCRIPTORS.list().length - before).isLessThan(20);
  }

  @Test
  void closedLoopCanBeCollected() throws InterruptedException, IOException {
    WeakReference<IOLoop> closed = useAndForget(openPipe());
    Garbage.collectUntil(() -> closed.get() == null);
  }

  private WeakReference<IOLoop> useAndForget(Pipe pipe) {
    IOLoop forgotten = newLoop();
    forgotten.addHandler(pipe.source(), events::add, IOLoop.READ);
    forgotten.runSync(() -> await(moment));
    forgotten.close();
    return new WeakReference<>(forgotten);
  }
}
