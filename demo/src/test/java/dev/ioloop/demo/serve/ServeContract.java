package dev.ioloop.demo.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.ioloop.IOLoop;
import dev.ioloop.tck.OnEachGenerator;
import dev.ioloop.testing.ExpectLog;
import dev.ioloop.testing.FailOnUnexpectedLog;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the web server promises, spoken to over sockets. */
@OnEachGenerator
@ExtendWith(FailOnUnexpectedLog.class)
abstract class ServeContract {
  private static final int LOOPS = 2;

  private final String backend;
  private IOLoop loop;
  private Serve server;
  private int port;

  ServeContract(String backend) {
    this.backend = backend;
  }

  @BeforeEach
  void start() {
    IOLoop.backends().stream()
        .filter(found -> found.name().equals(backend))
        .forEach(found -> Assumptions.assumeTrue(found.available(), found::toString));
    loop = IOLoop.create();
    start(Limits.DEFAULT);
  }

  private void start(Limits limits) {
    Access access = new Access(List.of("Example.org"));
    server = new Serve(backend, LOOPS, access, limits, null);
    port = loop.runSync(() -> server.listen("127.0.0.1", 0)).getPort();
  }

  private void restart(Limits limits) {
    stop();
    start(limits);
  }

  private void stop() {
    loop.runSync(server::close);
  }

  @AfterEach
  void shutDown() {
    if (server != null) {
      stop();
      loop.close();
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.replace("\n", "\r\n").getBytes(US_ASCII));
  }

  /** Sends a request's head, and what else there is, and reads the answer. */
  private Response ask(String request) throws IOException {
    try (Socket socket = connect()) {
      send(socket, request);
      return Response.read(socket.getInputStream(), !request.startsWith("HEAD"));
    }
  }

  private Response get(String path) throws IOException {
    return ask("GET " + path + " HTTP/1.1\nHost: localhost:" + port + "\n\n");
  }

  private Response post(String headers) throws IOException {
    return ask("POST /asyn-sum HTTP/1.1\n" + headers + "Content-Length: 0\n\n");
  }

  private static void assertEnd(Socket socket) throws IOException {
    assertThatThrownBy(() -> Response.read(socket.getInputStream(), true))
        .isInstanceOfAny(EOFException.class, java.net.SocketException.class);
  }

  @Test
  void pageAndItsFilesMayLoadNothingFromElsewhere() throws Exception {
    Response page = get("/");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.body()).contains("<html lang=\"en\">").doesNotContain("http:", "https:");
    for (String path : List.of("/", "/page.css", "/page.js", "/icon.svg")) {
      Response file = get(path);
      assertThat(file.status()).as(path).isEqualTo(200);
      assertThat(file.headers())
          .containsEntry("x-content-type-options", "nosniff")
          .containsEntry("referrer-policy", "no-referrer");
      assertThat(file.headers().get("content-security-policy")).startsWith("default-src 'self'");
    }
    assertThat(get("/?x=1").status()).isEqualTo(200);
    assertThat(get("/page.html").status()).isEqualTo(404);
    assertThat(get("/../page.js").status()).isEqualTo(404);
  }

  @Test
  void headHasNoBodyAndTheConnectionGoesOn() throws Exception {
    try (Socket socket = connect()) {
      send(
          socket, "HEAD / HTTP/1.1\nHost: localhost\n\nGET /page.js HTTP/1.1\nHost: localhost\n\n");
      Response head = Response.read(socket.getInputStream(), false);
      assertThat(head.headers().get("content-length")).isNotEqualTo("0");
      Response script = Response.read(socket.getInputStream(), true);
      assertThat(script.body()).contains("'use strict'");
      send(socket, "GET / HTTP/1.1\nHost: localhost\nConnection: close\n\n");
      Response.read(socket.getInputStream(), true);
      assertEnd(socket);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LOCALHOST:80", "127.0.0.1:1", "[::1]", "[::1]:99", "example.org"})
  void namesOfThisMachineAndAllowedOnesAreServed(String host) throws Exception {
    assertThat(ask("GET / HTTP/1.1\nHost: " + host + "\n\n").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", ""})
  void otherNamesAreRefused(String host) throws Exception {
    Response response = ask("GET / HTTP/1.1\nHost: " + host + "\n\n");
    assertThat(response.status()).isEqualTo(403);
    assertThat(response.body()).contains("--allow-host");
  }

  @Test
  void oneHostIsWanted() throws Exception {
    assertThat(ask("GET / HTTP/1.1\n\n").status()).isEqualTo(403);
    assertThat(ask("GET / HTTP/1.1\nHost: localhost\nHost: evil.example\n\n").status())
        .isGreaterThanOrEqualTo(400);
  }

  @Test
  void sumIsComputedForOwnPagesOnly() throws Exception {
    Response sum = post("Host: localhost:" + port + "\nOrigin: http://localhost:" + port + "\n");
    assertThat(sum.status()).isEqualTo(200);
    assertThat(sum.body().lines()).contains(" asyn_sum 2 3", "after yielded", "2 3 5");
    Stream.of("", "Origin: null\n", "Origin: http://evil.example\n", "Origin: http://localhost:1\n")
        .forEach(
            origin -> {
              try {
                assertThat(post("Host: localhost:" + port + "\n" + origin).status()).isEqualTo(403);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    assertThat(post("Host: evil.example\nOrigin: http://evil.example\n").status()).isEqualTo(403);
    Response read = get("/asyn-sum");
    assertThat(read.status()).isEqualTo(405);
    assertThat(read.headers()).containsEntry("allow", "POST");
  }

  @Test
  void webSocketIsOpenedByOwnPagesOnly() throws Exception {
    assertThat(get("/live").status()).isEqualTo(426);
    assertThatThrownBy(() -> Browser.open(port, "http://evil.example"))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
    Browser.open(port).close();
  }

  @Test
  void pageIsToldOfAllLoops() throws Exception {
    try (Browser browser = Browser.open(port)) {
      JsonObject news =
          browser.next(
              message ->
                  message.get("type").getAsString().equals("loops")
                      && message.get("clients").getAsInt() == 1
                      && message.getAsJsonArray("loops").asList().stream()
                          .allMatch(each -> each.getAsJsonObject().get("seen").getAsLong() > 0));
      assertThat(news.getAsJsonArray("loops")).hasSize(LOOPS);
      JsonObject first = news.getAsJsonArray("loops").get(0).getAsJsonObject();
      assertThat(first.get("backend").getAsString()).isEqualTo("netty-" + backend);
      assertThat(first.get("generator").getAsString()).isEqualTo(dev.ioloop.Gen.generator());
      assertThat(first.get("turnsPerSecond").getAsLong()).isPositive();
      assertThat(first.get("suspended").getAsInt()).isPositive();
      assertThat(first.get("waiting").getAsString()).contains("Station.watchLag");
    }
  }

  @Test
  void chatReachesAllOnAllLoops() throws Exception {
    List<Browser> browsers = new ArrayList<>();
    try {
      for (int i = 0; i < 2 * LOOPS; i++) {
        browsers.add(Browser.open(port));
      }
      // A handshake is over for the client before the server's loop has let it in.
      for (Browser browser : browsers) {
        browser.next(
            message ->
                message.has("clients") && message.get("clients").getAsInt() == browsers.size());
      }
      browsers.get(0).say("ada", "hello <b>all</b> ☃");
      for (Browser browser : browsers) {
        assertThat(browser.hear()).isEqualTo("ada: hello <b>all</b> ☃");
      }
      browsers.get(1).close();
      browsers.get(2).say("bob", "bye");
      assertThat(browsers.get(0).hear()).isEqualTo("bob: bye");
    } finally {
      browsers.forEach(Browser::close);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "[]",
        "null",
        "{}",
        "{\"name\":\"a\"}",
        "{\"name\":\" \",\"text\":\"a\"}",
        "{\"name\":\"a\",\"text\":\"\"}",
        "{\"name\":[],\"text\":{}}"
      })
  void whatIsNoMessageIsAnsweredAndChangesNothing(String message) throws Exception {
    try (Browser browser = Browser.open(port)) {
      browser.send(message);
      assertThat(browser.next("notice").get("text").getAsString()).isNotBlank();
      browser.say("ada", "hello");
      assertThat(browser.hear()).isEqualTo("ada: hello");
    }
  }

  @Test
  void messagesAreAtMost64KibibytesLong() throws Exception {
    try (Browser browser = Browser.open(port)) {
      browser.say("a", "x".repeat(60_000));
      assertThat(browser.hear()).hasSize(60_003);
      browser.say("a", "x".repeat(70_000));
      assertThat(browser.next(message -> message == Browser.END)).isNotNull();
    }
    try (Browser browser = Browser.open(port)) {
      for (int i = 0; i < 3; i++) {
        browser.socket().sendText("x".repeat(30_000), i == 2).get();
      }
      assertThat(browser.next(message -> message == Browser.END)).isNotNull();
    }
    try (Browser browser = Browser.open(port)) {
      browser.socket().sendBinary(ByteBuffer.allocate(10), true).get();
      browser.say("a", "still here");
      assertThat(browser.hear()).isEqualTo("a: still here");
    }
  }

  @Test
  void bodiesAreAtMost64KibibytesLong() throws Exception {
    String head = "POST /asyn-sum HTTP/1.1\nHost: localhost\n";
    String body = "x".repeat(70_000);
    assertThat(ask(head + "Content-Length: 70000\n\n" + body).status()).isEqualTo(413);
    assertThat(ask(head + "Transfer-Encoding: chunked\n\n11170\n" + body + "\n0\n\n").status())
        .isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(strings = {"413:100-continue", "417:miracles"})
  void refusalsComeInTheirTurnAndEndTheConnection(String statusAndExpectation) throws Exception {
    String[] parts = statusAndExpectation.split(":");
    try (Socket socket = connect()) {
      send(
          socket,
          sum()
              + "POST /asyn-sum HTTP/1.1\nHost: localhost\nContent-Length: 70000\nExpect: "
              + parts[1]
              + "\n\n");
      assertThat(Response.read(socket.getInputStream(), true).status()).isEqualTo(200);
      Response refused = Response.read(socket.getInputStream(), true);
      assertThat(refused.status()).isEqualTo(Integer.parseInt(parts[0]));
      assertThat(refused.headers()).containsEntry("connection", "close");
      assertEnd(socket);
    }
  }

  @Test
  void bodiesThatAreTooLargeHaveADeadlineToo() throws Exception {
    restart(limits(1_000, Duration.ofMillis(300), 65_536));
    try (Socket silent = connect()) {
      send(silent, "POST /asyn-sum HTTP/1.1\nHost: localhost\nContent-Length: 70000\n\n");
      assertEnd(silent);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "GET / HTTP/1.1\nno colon", "GET / HTTP/1.1\nHost: a\0b"})
  void whatIsNoRequestIsRefused(String head) throws Exception {
    assertThat(ask(head + "\n\n").status()).isGreaterThanOrEqualTo(400).isLessThan(500);
  }

  @Test
  void headsAreBounded() throws Exception {
    Response response = ask("GET / HTTP/1.1\nHost: localhost\nX: " + "x".repeat(20_000) + "\n\n");
    assertThat(response.status()).isGreaterThanOrEqualTo(400).isLessThan(500);
  }

  @Test
  void clientsBeyondTheLimitAreTurnedAway() throws Exception {
    assertThat(Limits.DEFAULT.clients()).isEqualTo(1_000);
    restart(limits(2, Duration.ofSeconds(10), 65_536));
    try (Socket one = connect()) {
      send(one, "GET / HTTP/1.1\nHost: localhost\n\n");
      assertThat(Response.read(one.getInputStream(), true).status()).isEqualTo(200);
      try (Browser two = Browser.open(port)) {
        try (Socket three = connect()) {
          assertThat(Response.read(three.getInputStream(), true).status()).isEqualTo(503);
          assertEnd(three);
        }
        two.say("ada", "hello");
        assertThat(two.hear()).isEqualTo("ada: hello");
      }
    }
  }

  @Test
  void headThatComesTooSlowlyEndsTheConnection() throws Exception {
    assertThat(Limits.DEFAULT.request()).isEqualTo(Duration.ofSeconds(10));
    restart(limits(1_000, Duration.ofMillis(300), 65_536));
    try (Socket socket = connect();
        Browser browser = Browser.open(port)) {
      send(socket, "GET / HTTP/1.1\nHost: localhost\n\n");
      Response.read(socket.getInputStream(), true);
      socket.setSoTimeout(20);
      assertThatThrownBy(
              () -> {
                while (true) {
                  send(socket, "x"); // Each byte is in time, and the whole is not.
                  try {
                    Response.read(socket.getInputStream(), true);
                  } catch (SocketTimeoutException e) {
                    // It is still open.
                  }
                }
              })
          .isInstanceOf(IOException.class);
      browser.say("ada", "hello"); // A WebSocket has no such limit.
      assertThat(browser.hear()).isEqualTo("ada: hello");
    }
  }

  private static Limits limits(int clients, Duration request, int unsentBytes) {
    return new Limits(
        clients,
        request,
        Duration.ofSeconds(30),
        65_536,
        8 * 1024 * 1024,
        200,
        unsentBytes,
        LOOPS * 16 * 1024 * 1024);
  }

  /** Opens a WebSocket whose frames the test reads and writes itself. */
  private Socket openRaw() throws IOException {
    Socket socket = connect();
    upgrade(socket, "13");
    assertThat(Response.read(socket.getInputStream(), false).status()).isEqualTo(101);
    return socket;
  }

  private static void upgrade(Socket socket, String version) throws IOException {
    send(
        socket,
        "GET /live HTTP/1.1\nHost: localhost\nOrigin: http://localhost\nUpgrade: websocket\n"
            + "Connection: Upgrade\nSec-WebSocket-Version: "
            + version
            + "\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n");
  }

  private void assertReaderWhoDoesNotReadIsDropped() throws Exception {
    try (Socket slow = openRaw();
        Browser ada = Browser.open(port)) {
      ada.next(message -> message.has("clients") && message.get("clients").getAsInt() == 2);
      String much = "x".repeat(60_000);
      for (int i = 0; i < 400; i++) {
        server.relay().say(new ChatLine("flood", much));
        assertThat(ada.hear()).hasSize(60_007);
      }
      ada.next(message -> message.has("clients") && message.get("clients").getAsInt() == 1);
    }
  }

  @Test
  void readerThatIsFarBehindIsDroppedAndTheOthersGoOn() throws Exception {
    assertThat(Limits.DEFAULT.unsentBytes()).isEqualTo(1024 * 1024);
    restart(limits(1_000, Duration.ofSeconds(10), 131_072));
    assertReaderWhoDoesNotReadIsDropped();
  }

  @Test
  void readersTogetherAreNotFarBehindEither() throws Exception {
    assertThat(Limits.DEFAULT.unsentBytesInAll()).isEqualTo(16 * 1024 * 1024);
    Duration limit = Duration.ofSeconds(10);
    int none = 1 << 30; // for one reader
    restart(new Limits(1_000, limit, limit, 65_536, 8 << 20, 200, none, LOOPS * 131_072));
    assertReaderWhoDoesNotReadIsDropped();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 9}) // texts, pings
  void webSocketOnWhichVeryManyFramesComeAtOnceIsEnded(int kind) throws Exception {
    try (Socket socket = openRaw();
        Browser ada = Browser.open(port)) {
      byte[] frames = new byte[6 * 10 * FrameLimit.MAX]; // masked with zeroes, and empty
      for (int i = 0; i < frames.length; i += 6) {
        frames[i] = (byte) (0x80 | kind);
        frames[i + 1] = (byte) 0x80;
      }
      socket.getOutputStream().write(frames);
      assertThatCode(() -> socket.getInputStream().readAllBytes())
          .satisfiesAnyOf(
              end -> assertThat(end).isNull(),
              end -> assertThat(end).isInstanceOf(SocketException.class));
      ada.say("ada", "hello");
      assertThat(ada.hear()).isEqualTo("ada: hello");
    }
  }

  @Test
  void webSocketThatIsSilentIsPingedAndThenDropped() throws Exception {
    assertThat(Limits.DEFAULT.idle()).isEqualTo(Duration.ofSeconds(10));
    Duration idle = Duration.ofMillis(300);
    restart(
        new Limits(1_000, Duration.ofSeconds(10), idle, 65_536, 8 << 20, 200, 131_072, 1_000_000));
    try (Browser answers = Browser.open(port);
        Socket silent = openRaw()) {
      String received = new String(silent.getInputStream().readAllBytes(), ISO_8859_1);
      assertThat(received).contains("\u0089\0"); // a ping
      answers.say("ada", "still here"); // It has answered its pings.
      assertThat(answers.hear()).isEqualTo("ada: still here");
    }
  }

  @Test
  void pingIsAnsweredAndCloseToo() throws Exception {
    try (Socket socket = openRaw()) {
      byte[] frames = {(byte) 0x89, (byte) 0x82, 0, 0, 0, 0, 'h', 'i', (byte) 0x88, (byte) 0x80};
      socket.getOutputStream().write(frames);
      socket.getOutputStream().write(new byte[4]);
      String received = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      assertThat(received).contains("\u008a\u0002hi").endsWith("\u0088\0");
    }
  }

  @Test
  void refusedAndMalformedUpgradesKeepTheirDeadline() throws Exception {
    restart(limits(1_000, Duration.ofMillis(300), 65_536));
    try (Socket socket = connect()) {
      upgrade(socket, "99");
      upgrade(socket, "99");
      for (int i = 0; i < 2; i++) {
        Response refused = Response.read(socket.getInputStream(), true);
        assertThat(refused.status()).isEqualTo(426);
        assertThat(refused.headers()).containsEntry("sec-websocket-version", "13");
      }
      assertEnd(socket);
    }
    try (Socket socket = connect()) {
      send(
          socket,
          "POST /live HTTP/1.1\nHost: localhost\nOrigin: http://localhost\nUpgrade: websocket\n"
              + "Connection: Upgrade\nSec-WebSocket-Version: 13\nContent-Length: 0\n\n");
      assertRefusedAndEnded(400, socket);
    }
  }

  private static void assertRefusedAndEnded(int status, Socket socket) throws IOException {
    Response refused = Response.read(socket.getInputStream(), true);
    assertThat(refused.status()).isEqualTo(status);
    assertThat(refused.headers()).containsEntry("connection", "close");
    assertEnd(socket);
  }

  @Test
  void answersThatEndTheConnectionSaySo() throws Exception {
    String local = " HTTP/1.1\nHost: localhost\n";
    String upgrade =
        " /live"
            + local
            + "Origin: http://localhost\nUpgrade: websocket\nConnection: Upgrade\n"
            + "Sec-WebSocket-Version: 13\n";
    Map<String, Integer> requests = new LinkedHashMap<>();
    requests.put("GET" + upgrade, 400); // no key
    requests.put("POST" + upgrade + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n", 400);
    requests.put("nonsense\n", 400);
    requests.put("GET /" + "x".repeat(5_000) + local, 414);
    requests.put("GET /" + local + "X: " + "x".repeat(9_000) + "\n", 431);
    requests.put("GET /" + local + "X: x\n".repeat(FewHeaders.MAX), 431);
    requests.put("POST /asyn-sum" + local + "Expect: miracles\nContent-Length: 2\n", 417);
    requests.put("POST /asyn-sum" + local + "Expect: 100-continue\nContent-Length: 70000\n", 413);
    for (Map.Entry<String, Integer> each : requests.entrySet()) {
      try (Socket socket = connect()) {
        send(socket, each.getKey() + "\n");
        assertRefusedAndEnded(each.getValue(), socket);
      }
    }
  }

  @Test
  void refusedTrailersEndTheConnection() throws Exception {
    try (Socket socket = connect()) {
      send(
          socket,
          "POST /asyn-sum HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\n0\n"
              + "X: x\n".repeat(FewHeaders.MAX + 1)
              + "\n");
      assertRefusedAndEnded(431, socket);
    }
  }

  @Test
  void allBodiesTogetherAreBounded() throws Exception {
    assertThat(Limits.DEFAULT.bodyBytesInAll()).isEqualTo(8 * 1024 * 1024);
    Duration limit = Duration.ofSeconds(30);
    restart(new Limits(1_000, limit, limit, 65_536, 150_000, 200, 131_072, 1_000_000));
    String body = "x".repeat(60_000);
    String head =
        "POST /asyn-sum HTTP/1.1\nHost: localhost\nOrigin: http://localhost\nContent-Length: "
            + body.length()
            + "\n\n";
    try (Socket one = connect();
        Socket two = connect()) {
      send(one, head + body.substring(1));
      send(two, head + body.substring(1));
      awaitRoomBelow(body.length());
      Response refused = ask(head + body);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.headers()).containsEntry("connection", "close");
      assertThat(get("/").status()).isEqualTo(200); // has no body
      send(one, "x");
      assertThat(Response.read(one.getInputStream(), true).status()).isEqualTo(200);
      for (int i = 0; i < 5; i++) { // What an answered one has taken is free again, soon.
        retryUntil(200, head + body);
      }
    }
    for (int i = 0; i < 5; i++) { // And so is what one has taken whose client has left.
      try (Socket leaves = connect()) {
        send(leaves, sum() + head + body.substring(1));
        assertThat(Response.read(leaves.getInputStream(), true).status()).isEqualTo(200);
      }
    }
    retryUntil(200, head + body);
    stop();
    assertThat(server.roomForBodies.get()).isEqualTo(150_000);
    start(Limits.DEFAULT);
  }

  private void awaitRoomBelow(int bytes) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (server.roomForBodies.get() >= bytes) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  /** Asks again until the server has seen what other clients have done. */
  private Response retryUntil(int status, String request) throws IOException {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    Response response = ask(request);
    while (response.status() != status && System.nanoTime() < deadline) {
      response = ask(request);
    }
    assertThat(response.status()).isEqualTo(status);
    return response;
  }

  @Test
  void webSocketsAreBounded() throws Exception {
    assertThat(Limits.DEFAULT.webSockets()).isEqualTo(200);
    Duration limit = Duration.ofSeconds(30);
    restart(new Limits(1_000, limit, limit, 65_536, 8 << 20, 1, 131_072, 1_000_000));
    try (Socket one = openRaw()) {
      try (Socket two = connect()) {
        upgrade(two, "13");
        assertRefusedAndEnded(503, two);
      }
      assertThat(get("/").status()).isEqualTo(200);
      byte[] close = {(byte) 0x88, (byte) 0x80, 0, 0, 0, 0};
      one.getOutputStream().write(close);
      one.getInputStream().readAllBytes();
    }
    openRawInTheEnd().close();
  }

  private Socket openRawInTheEnd() throws IOException {
    while (true) { // The server may notice the end of the other one a little later.
      Socket socket = connect();
      upgrade(socket, "13");
      if (Response.read(socket.getInputStream(), false).status() == 101) {
        return socket;
      }
      socket.close();
    }
  }

  @Test
  void connectionEndsBehindWhatIsNoRequest() throws Exception {
    try (Socket socket = connect()) {
      String good = "GET / HTTP/1.1\nHost: localhost\n\n";
      send(socket, "GET / HTTP/1.1\nHost: a\0b\n\n" + good);
      Response refused = Response.read(socket.getInputStream(), true);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.headers()).containsEntry("connection", "close");
      assertEnd(socket);
    }
  }

  private String sum() {
    return "POST /asyn-sum HTTP/1.1\nHost: localhost:"
        + port
        + "\nOrigin: http://localhost:"
        + port
        + "\nContent-Length: 0\n\n";
  }

  @Test
  void requestsThatAreVeryFarAheadEndTheConnectionAndAreLogged() throws Exception {
    try (ExpectLog log = new ExpectLog(HttpHandler.class.getName(), "more than 128 requests");
        Socket socket = connect()) {
      send(socket, sum().repeat(3 * Serve.MAX_REQUESTS_AHEAD));
      assertThatCode(() -> socket.getInputStream().readAllBytes())
          .satisfiesAnyOf(
              end -> assertThat(end).isNull(),
              end -> assertThat(end).isInstanceOf(SocketException.class));
      assertThat(log.records()).isNotEmpty();
    }
  }

  @Test
  void closingEndsAnswersThatWereBegun() throws Exception {
    int asked = 14; // which come in one read: else a reset takes answers away
    try (Socket socket = connect()) {
      send(socket, sum().repeat(asked));
      Response last = Response.read(socket.getInputStream(), true);
      stop();
      int answered = 1;
      try {
        while (true) {
          last = Response.read(socket.getInputStream(), true);
          assertThat(last.status()).isEqualTo(200);
          assertThat(last.body()).endsWith("2 3 5\n");
          answered++;
        }
      } catch (EOFException e) {
        assertThat(last.headers().get("connection")).isEqualTo(answered < asked ? "close" : null);
      }
    }
    start(Limits.DEFAULT);
  }

  @Test
  void closingEndsWebSocketsAndLeavesNothing() throws Exception {
    try (Browser browser = Browser.open(port)) {
      stop();
      assertThat(browser.next(message -> message == Browser.END)).isNotNull();
      assertThat(browser.closeStatus()).isEqualTo(1001);
    }
    assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
    start(Limits.DEFAULT);
  }
}
