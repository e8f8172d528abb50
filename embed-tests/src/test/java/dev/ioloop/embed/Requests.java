package dev.ioloop.embed;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Requests to one server, many at a time. */
record Requests(HttpClient.Version version, int port, String path) {

  /** As many as one connection of HTTP/2 has room for. */
  private static final int AT_A_TIME = 50;

  /** Sends so many, and returns what was answered, each as {@code version status body}. */
  List<String> send(int count) {
    HttpClient client = HttpClient.newBuilder().version(version).build();
    List<String> answers = new ArrayList<>();
    answers.add(send(client).join()); // So that the version is agreed on.
    while (answers.size() < count) {
      List<CompletableFuture<String>> pending = new ArrayList<>();
      for (int i = 0; i < AT_A_TIME; i++) {
        pending.add(send(client));
      }
      pending.forEach(answer -> answers.add(answer.join()));
    }
    return answers;
  }

  private CompletableFuture<String> send(HttpClient client) {
    return client
        .sendAsync(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .thenApply(answer -> answer.version() + " " + answer.statusCode() + " " + answer.body())
        .orTimeout(20, TimeUnit.SECONDS);
  }
}
