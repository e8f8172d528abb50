package dev.ioloop.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A small web site on a free local port, for {@link Crawl}: page n links to the pages 2n + 1 and 2n
 * + 2, and back to the first. The server is the JDK's, with threads of its own.
 */
final class Site implements AutoCloseable {
  /** Slow enough that fetching several pages at the same time pays. */
  private static final long MILLIS_PER_PAGE = 50;

  static {
    // The server reads this once. Without it each page takes 40 ms more, because of a delayed
    // acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final int pages;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  Site(int pages) {
    this.pages = pages;
    try {
      InetAddress local = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      server = HttpServer.create(new InetSocketAddress(local, 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on a port of 127.0.0.1", e);
    }
    server.createContext("/", this::serve);
    server.setExecutor(threads);
    server.start();
  }

  URI home() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/0");
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Thread.sleep(MILLIS_PER_PAGE);
      int page = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
      byte[] html = (link(0) + link(2L * page + 1) + link(2L * page + 2)).getBytes(UTF_8);
      exchange.sendResponseHeaders(200, html.length == 0 ? -1 : html.length);
      exchange.getResponseBody().write(html);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String link(long page) {
    return page < pages ? "<a href=\"/" + page + "\">page " + page + "</a>\n" : "";
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
