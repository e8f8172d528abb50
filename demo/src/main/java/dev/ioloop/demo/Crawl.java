package dev.ioloop.demo;

import static dev.ioloop.Gen.await;

import dev.ioloop.IOLoop;
import dev.ioloop.TaskGroup;
import dev.ioloop.queues.Queue;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A bounded pool of workers over a queue: each takes a page, fetches it with the JDK's HTTP client
 * and puts the links it has not seen into the queue. The site is a server of its own.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar crawl --workers 4 --pages 20</pre>
 */
final class Crawl implements Runnable {
  private static final Pattern LINK = Pattern.compile("href=\"([^\"]*)\"");

  private final int workers;
  private final int pages;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Queue<URI> queue = new Queue<>();

  /** Needs no lock: the workers run on the loop one at a time. */
  private final Set<URI> seen = new HashSet<>();

  Crawl(int workers, int pages) {
    this.workers = workers;
    this.pages = pages;
  }

  @Override
  public void run() {
    try (Site site = new Site(pages);
        IOLoop loop = IOLoop.instance()) {
      long start = loop.time();
      loop.runSync(() -> crawl(site.home()));
      long millis = (loop.time() - start) / 1_000_000;
      System.out.println(
          "pages: " + seen.size() + ", workers: " + workers + ", time: " + millis + " ms");
    }
  }

  private void crawl(URI home) {
    TaskGroup.run(
        group -> {
          find(home);
          for (int i = 1; i <= workers; i++) {
            String name = "worker " + i;
            group.start(() -> work(name));
          }
          await(queue.join()); // until every page was fetched
          group.cancel(); // the workers wait for more
          return null;
        });
  }

  private void find(URI page) {
    if (seen.add(page)) {
      queue.putNowait(page);
    }
  }

  private void work(String name) throws IOException {
    while (true) {
      URI page = await(queue.get());
      HttpRequest request = HttpRequest.newBuilder(page).build();
      HttpResponse<String> response =
          await(client.sendAsync(request, BodyHandlers.ofString()), IOException.class);
      System.out.println(name + ": " + page.getPath());
      Matcher links = LINK.matcher(response.body());
      while (links.find()) {
        find(page.resolve(links.group(1)));
      }
      queue.taskDone();
    }
  }
}
