package dev.ioloop.embed;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Gen;
import dev.ioloop.netty.NettyIOLoop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Coroutines in the handlers of a Vert.x server, which are called below monitors on HTTP/2. */
@Tag("full")
final class VertxTest {
  private static final int REQUESTS = 300;

  private final HeldMonitors monitors = new HeldMonitors();
  private Vertx vertx;

  private static List<String> engines() {
    return Engines.all();
  }

  @BeforeEach
  void begin() {
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  }

  @AfterEach
  void end() throws Exception {
    get(vertx.close());
    Gen.configure(null);
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private void serve(HttpServerRequest request) {
    monitors.look();
    NettyIOLoop.of(((ContextInternal) Vertx.currentContext()).nettyEventLoop());
    coroutine(
        () -> {
          await(sleep(Duration.ofMillis(2)));
          request.response().end("hello");
        });
  }

  @ParameterizedTest
  @MethodSource("engines")
  void handlersOfHttp2Suspend(String engine) throws Exception {
    Gen.configure(engine);
    HttpServer server = get(vertx.createHttpServer().requestHandler(this::serve).listen(0));
    Requests requests = new Requests(HttpClient.Version.HTTP_2, server.actualPort(), "/");
    assertThat(requests.send(REQUESTS)).containsOnly("HTTP_2 200 hello");
    assertThat(monitors.classes()).anyMatch(held -> held.startsWith("io.vertx."));
  }
}
