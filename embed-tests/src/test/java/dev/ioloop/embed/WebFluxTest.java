package dev.ioloop.embed;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.ContextVar;
import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.netty.NettyIOLoop;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** Coroutines in the controllers of a Spring WebFlux server on Reactor Netty. */
@Tag("full")
final class WebFluxTest {
  private static final int REQUESTS = 300;

  /** The server. */
  @SpringBootConfiguration
  @EnableAutoConfiguration
  @RestController
  static class Application {
    private static final ContextVar<String> NAME = new ContextVar<>("name", "nobody");

    final HeldMonitors monitors = new HeldMonitors();
    private final WebClient client = WebClient.create();

    /** Gives each event loop its IOLoop. */
    @Bean
    NettyServerCustomizer ioLoops() {
      return server ->
          server.doOnConnection(connection -> NettyIOLoop.of(connection.channel().eventLoop()));
    }

    @GetMapping("/later")
    Mono<String> later() {
      return Mono.just("later").delayElement(Duration.ofMillis(1));
    }

    @GetMapping("/hello/{name}")
    Future<String> hello(@PathVariable("name") String name, ServerHttpRequest request) {
      monitors.look();
      String later = "http://127.0.0.1:" + request.getLocalAddress().getPort() + "/later";
      return coroutine(
          () -> {
            NAME.set(name);
            await(sleep(Duration.ofMillis(2)));
            String answer =
                await(client.get().uri(later).retrieve().bodyToMono(String.class).toFuture());
            return answer + " " + NAME.get();
          });
    }
  }

  private static List<String> engines() {
    return Engines.all();
  }

  @AfterEach
  void chooseTheDefault() {
    Gen.configure(null);
  }

  @ParameterizedTest
  @MethodSource("engines")
  void controllersSuspend(String engine) {
    Gen.configure(engine);
    try (ConfigurableApplicationContext context =
        SpringApplication.run(
            Application.class,
            "--server.port=0",
            "--spring.main.banner-mode=off",
            "--logging.level.root=warn")) {
      int port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
      Requests requests = new Requests(HttpClient.Version.HTTP_1_1, port, "/hello/you");
      assertThat(requests.send(REQUESTS)).containsOnly("HTTP_1_1 200 later you");
      assertThat(context.getBean(Application.class).monitors.classes())
          .anyMatch(held -> held.startsWith("reactor."));
    }
  }
}
