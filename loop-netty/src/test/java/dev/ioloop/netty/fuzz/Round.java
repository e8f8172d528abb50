package dev.ioloop.netty.fuzz;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;

import dev.ioloop.Action;
import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.Timeout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One program on one connection. */
final class Round {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int DIRECT_BYTES = 2 << 20;
  private static final ByteBuffer NEAR = ByteBuffer.allocateDirect(DIRECT_BYTES);
  private static final ByteBuffer FAR = ByteBuffer.allocateDirect(DIRECT_BYTES);

  private final IOLoop loop = IOLoop.current();
  private final Model near;
  private final Model far;
  private final End client;
  private final End server;
  private @Nullable Difference difference;

  Round(Program program, Connections connections) throws IOException {
    Connections.End[] ends =
        connections.open(program.client().jdkChannel(), program.server().jdkChannel());
    Flavour flavour = program.flavour();
    near = new Model("client", flavour, true, program.client(), ends[0].stream()::closed);
    far = new Model("server", flavour, false, program.server(), ends[1].stream()::closed);
    near.setPeer(far);
    far.setPeer(near);
    client = new End(program.client(), near, ends[0], NEAR, this::fail);
    server = new End(program.server(), far, ends[1], FAR, this::fail);
  }

  /** Runs the program, and returns how many bytes were read. */
  long run() {
    List<Future<@Nullable Void>> parts =
        List.of(part(server::write), part(client::write), part(client::read), part(server::read));
    Timeout limit =
        loop.callLater(
            LIMIT, () -> fail(new Difference("not done after " + LIMIT + "\n" + loop.dump())));
    for (Future<@Nullable Void> part : parts) {
      await(part);
    }
    loop.removeTimeout(limit);
    client.close();
    server.close();
    await(moment);
    await(moment); // The close callbacks have run.
    if (difference != null) {
      throw difference;
    }
    client.finished();
    server.finished();
    return near.delivered() + far.delivered();
  }

  /** Starts a part of the program. What goes wrong in it ends the others. */
  private Future<@Nullable Void> part(Action body) {
    return coroutine(
        () -> {
          try {
            body.run();
          } catch (Exception | AssertionError e) {
            fail(e);
          }
        });
  }

  private void fail(Throwable cause) {
    if (difference == null) {
      difference = new Difference(cause.getMessage() + "\n" + client + "\n" + server, cause);
      loop.addCallback(
          () -> {
            client.close();
            server.close();
          });
    }
  }
}
