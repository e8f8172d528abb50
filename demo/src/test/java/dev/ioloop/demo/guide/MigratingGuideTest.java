package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.multi;
import static dev.ioloop.Gen.sleep;
import static dev.ioloop.Gen.withTimeout;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Chains of stages, and the coroutines that take their places. */
final class MigratingGuideTest extends Guide {
  private int attempts;

  private CompletableFuture<String> user(int id) {
    return CompletableFuture.completedFuture("user " + id);
  }

  private CompletableFuture<List<String>> orders(String user) {
    return CompletableFuture.completedFuture(List.of(user + "'s bread", user + "'s butter"));
  }

  private CompletableFuture<String> flaky() {
    return ++attempts % 3 == 0
        ? CompletableFuture.completedFuture("done at last")
        : CompletableFuture.failedFuture(new IOException("try again"));
  }

  // region migrating-chain
  CompletableFuture<String> reportInStages(int id) {
    return user(id)
        .thenCompose(user -> orders(user).thenApply(orders -> user + ": " + orders.size()))
        .exceptionally(failure -> "no report: " + failure.getCause().getMessage());
  }

  // endregion

  // region migrating-chain-after
  Future<String> report(int id) {
    return coroutine(
        () -> {
          try {
            String user = await(user(id));
            List<String> orders = await(orders(user));
            return user + ": " + orders.size();
          } catch (RuntimeException e) { // the exception itself, not wrapped into another
            return "no report: " + e.getMessage();
          }
        });
  }

  // endregion

  @Test
  void chainsBecomeStatements() {
    assertThat(reportInStages(7).join()).isEqualTo("user 7: 2");
    assertThat(loop.<String>runSync(() -> await(report(7)))).isEqualTo("user 7: 2");
  }

  // region migrating-retry
  CompletableFuture<String> retryInStages(int left) {
    return flaky()
        .handle(
            (result, failure) -> {
              if (failure == null) {
                return CompletableFuture.completedFuture(result);
              }
              if (left == 0) {
                return CompletableFuture.<String>failedFuture(failure);
              }
              return CompletableFuture.supplyAsync(
                      () -> null, CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS))
                  .thenCompose(nothing -> retryInStages(left - 1));
            })
        .thenCompose(stage -> stage);
  }

  // endregion

  // region migrating-retry-after
  String retry(int left) throws IOException {
    while (true) {
      try {
        return await(flaky(), IOException.class);
      } catch (IOException e) {
        if (left-- == 0) {
          throw e;
        }
        await(sleep(Duration.ofMillis(10)));
      }
    }
  }

  // endregion

  @Test
  void recursionBecomesALoop() {
    assertThat(retryInStages(5).join()).isEqualTo("done at last");
    assertThat(loop.<String>runSync(() -> retry(5))).isEqualTo("done at last");
  }

  // region migrating-all
  CompletableFuture<List<String>> allInStages(List<Integer> ids) {
    List<CompletableFuture<String>> stages = ids.stream().map(this::user).toList();
    return CompletableFuture.allOf(stages.toArray(CompletableFuture[]::new))
        .orTimeout(1, TimeUnit.SECONDS)
        .thenApply(nothing -> stages.stream().map(CompletableFuture::join).toList());
  }

  // endregion

  // region migrating-all-after
  List<String> all(List<Integer> ids) {
    List<CompletableFuture<String>> users = ids.stream().map(this::user).toList();
    return await(withTimeout(Duration.ofSeconds(1), multi(users)));
  }

  // endregion

  @Test
  void allOfBecomesMulti() {
    List<String> expected = List.of("user 1", "user 2");
    assertThat(allInStages(List.of(1, 2)).join()).isEqualTo(expected);
    assertThat(loop.<List<String>>runSync(() -> all(List.of(1, 2)))).isEqualTo(expected);
  }
}
