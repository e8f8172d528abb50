package dev.ioloop.demo.serve;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A page's WebSocket, without the page. */
final class Browser implements WebSocket.Listener, AutoCloseable {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final long LIMIT_SECONDS = 30;

  /** What is received in place of a message when the connection has ended. */
  static final JsonObject END = JsonParser.parseString("{\"type\":\"end\"}").getAsJsonObject();

  /** Why the server has ended it, as a number; zero where it has not said so. */
  private volatile int closeStatus;

  private final BlockingQueue<JsonObject> received = new LinkedBlockingQueue<>();
  private final StringBuilder parts = new StringBuilder();
  private WebSocket socket;

  private Browser() {}

  /** Connects as the server's own page does. */
  static Browser open(int port) throws Exception {
    return open(port, "http://127.0.0.1:" + port);
  }

  static Browser open(int port, String origin) throws Exception {
    Browser browser = new Browser();
    browser.socket =
        CLIENT
            .newWebSocketBuilder()
            .header("Origin", origin)
            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/live"), browser)
            .get(LIMIT_SECONDS, TimeUnit.SECONDS);
    return browser;
  }

  void say(String name, String text) throws Exception {
    JsonObject line = new JsonObject();
    line.addProperty("name", name);
    line.addProperty("text", text);
    send(line.toString());
  }

  void send(String message) throws Exception {
    socket.sendText(message, true).get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  int closeStatus() {
    return closeStatus;
  }

  WebSocket socket() {
    return socket;
  }

  /** Waits for a message of this type and drops those before it. */
  JsonObject next(String type) throws InterruptedException {
    return next(message -> message.get("type").getAsString().equals(type));
  }

  JsonObject next(Predicate<JsonObject> wanted) throws InterruptedException {
    while (true) {
      JsonObject message = received.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("no such message has come");
      }
      if (wanted.test(message)) {
        return message;
      }
      if (message == END) {
        throw new AssertionError("the connection has ended");
      }
    }
  }

  /** Waits for the next line of the chat, as text. */
  String hear() throws InterruptedException {
    JsonObject line = next("chat");
    return line.get("name").getAsString() + ": " + line.get("text").getAsString();
  }

  @Override
  public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
    parts.append(data);
    if (last) {
      received.add(JsonParser.parseString(parts.toString()).getAsJsonObject());
      parts.setLength(0);
    }
    socket.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
    closeStatus = status;
    received.add(END);
    return null;
  }

  @Override
  public void onError(WebSocket socket, Throwable error) {
    received.add(END);
  }

  @Override
  public void close() {
    socket.abort();
  }
}
