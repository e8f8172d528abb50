package dev.ioloop.demo.serve;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;

import dev.ioloop.Future;
import dev.ioloop.netty.NettyFutures;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries the chat over Redis to any number of servers, with Lettuce on the event loops of this
 * one. While Redis is away, the chat continues among this server's browsers.
 */
final class RedisRelay implements Relay {
  private static final String CHANNEL = "ioloop-demo-chat";
  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final Delay BETWEEN_ATTEMPTS = Delay.constant(Duration.ofMillis(500));

  private final String place;
  private final RedisURI uri;
  private final int maxBytes;
  private final Consumer<ChatLine> deliver;
  private final ClientResources resources;
  private final RedisClient client;
  private @Nullable StatefulRedisConnection<String, String> commands;
  private @Nullable StatefulRedisPubSubConnection<String, String> subscription;

  /**
   * Must be made before anything else of Lettuce, which determines its transports only once.
   *
   * @param backend the transport of {@code group}
   * @param maxBytes the longest text
   * @param deliver gets every line of all servers, on one of the event loops
   */
  RedisRelay(
      URI redis, EventLoopGroup group, String backend, int maxBytes, Consumer<ChatLine> deliver) {
    for (String transport : new String[] {"epoll", "kqueue", "io_uring"}) {
      System.setProperty(
          "io.lettuce.core." + transport.replace("_", ""),
          Boolean.toString(backend.equals(transport)));
    }
    this.maxBytes = maxBytes;
    this.deliver = deliver;
    uri = RedisURI.create(redis);
    uri.setTimeout(LIMIT);
    place =
        uri.getHost()
            + ":"
            + uri.getPort(); // and nothing else, because the URI may contain a password
    resources =
        ClientResources.builder()
            .eventLoopGroupProvider(new LentEventLoops(group))
            .eventExecutorGroup(group)
            .reconnectDelay(BETWEEN_ATTEMPTS)
            .build();
    client = RedisClient.create(resources, uri);
    client.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
            .timeoutOptions(TimeoutOptions.enabled(LIMIT))
            .build());
  }

  @Override
  public Future<@Nullable Void> open() {
    return coroutine(
        () -> {
          try {
            commands = await(client.connectAsync(StringCodec.UTF8, uri));
            subscription = await(client.connectPubSubAsync(StringCodec.UTF8, uri));
            subscription.addListener(new Subscriber());
            await(subscription.async().subscribe(CHANNEL));
          } catch (RedisException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("no Redis at " + place + ": " + cause.getMessage(), e);
          }
        });
  }

  private final class Subscriber extends RedisPubSubAdapter<String, String> {
    @Override
    public void message(String channel, String message) {
      ChatLine line = Messages.relayed(message, maxBytes);
      if (line != null) {
        deliver.accept(line);
      }
    }
  }

  @Override
  public Future<@Nullable Void> say(ChatLine line) {
    return coroutine(
        () -> {
          try {
            // Without a subscription, this server would not receive the line.
            if (commands == null || !isOpen(subscription)) {
              throw new RedisException("not subscribed");
            }
            await(commands.async().publish(CHANNEL, Messages.chat(line)));
          } catch (RedisException e) {
            deliver.accept(line);
            throw new RelayAwayException(e);
          }
        });
  }

  private static boolean isOpen(@Nullable StatefulConnection<?, ?> connection) {
    return connection != null && connection.isOpen();
  }

  @Override
  public String state() {
    boolean here = isOpen(commands) && isOpen(subscription);
    return here ? "over Redis at " + place : "Redis at " + place + " is away";
  }

  @Override
  public Future<@Nullable Void> close() {
    return coroutine(
        () -> {
          await(client.shutdownAsync(0, LIMIT.toSeconds(), TimeUnit.SECONDS));
          await(NettyFutures.from(resources.shutdown(0, LIMIT.toSeconds(), TimeUnit.SECONDS)));
        });
  }
}
