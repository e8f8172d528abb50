package dev.ioloop.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.ContextVar;
import dev.ioloop.IOLoop;
import dev.ioloop.testing.ExpectLog;
import dev.ioloop.testing.Testing;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Variables that follow the flow of the program, in the handlers of channels. */
@Needs({Capability.CHANNELS, Capability.ORDER})
public abstract class ContextHandlerContract extends ChannelContract {

  private static final ContextVar<String> USER = new ContextVar<>("user", "nobody");

  /** Made by subclasses. */
  protected ContextHandlerContract() {}

  @Test
  void handlerTakesTheValueOfWhoAddedItAtEachEvent() throws IOException {
    Pipe pipe = openPipe("data");
    loop.addCallback(
        () -> {
          USER.set("ada");
          loop.addHandler(
              pipe.source(),
              ready -> {
                events.add(USER.get());
                USER.set("changed");
                if (events.size() == 2) {
                  finish(pipe.source());
                }
              },
              IOLoop.READ);
          USER.set("bob");
        });
    loop.start();
    assertThat(events).containsExactly("ada", "ada");
  }

  @Test
  void whatAHandlerStartsInheritsFromIt() throws IOException {
    Pipe pipe = openPipe("data");
    loop.addHandler(
        pipe.source(),
        ready -> {
          USER.set("ada");
          loop.addCallback(() -> events.add(USER.get()));
          loop.spawnCallback(() -> events.add(USER.get()));
          finish(pipe.source());
        },
        IOLoop.READ);
    loop.start();
    assertThat(events).containsExactly("ada", "ada");
  }

  private void recordUserAndStopAtTheThird() {
    events.add(USER.get());
    if (events.size() == 3) {
      loop.stop();
    }
  }

  // Two handlers, mostly in one poll, and a timeout.
  @Test
  void nothingLeaksOutOfAHandler() throws IOException {
    for (int i = 0; i < 2; i++) {
      Pipe pipe = openPipe("data");
      loop.addHandler(
          pipe.source(),
          ready -> {
            recordUserAndStopAtTheThird();
            USER.set("handler");
            loop.removeHandler(pipe.source());
            throw new IOException("failed on purpose");
          },
          IOLoop.READ);
    }
    loop.callLater(Duration.ofMillis(1), this::recordUserAndStopAtTheThird);
    try (ExpectLog log = Testing.expectLog("Exception in callback")) {
      loop.start();
      log.assertCount(2);
    }
    events.add(USER.get());
    assertThat(events).containsExactly("nobody", "nobody", "nobody", "nobody");
  }
}
