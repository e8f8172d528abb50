package dev.ioloop.demo.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.demo.Programs;
import dev.ioloop.demo.RedisServer;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The web server as people use it: processes of their own, and Chromium without a screen. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ServeIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  @TempDir Path directory;

  private ChromeDriver chromium;

  @BeforeAll
  void openChromium() {
    File driver = Programs.find("chromedriver").toFile();
    File browser = Programs.find("chromium").toFile();
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(browser);
    options.addArguments("--headless=new", "--no-sandbox", "--window-size=1000,900");
    options.setCapability("goog:loggingPrefs", logs);
    chromium =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(driver).build(), options);
  }

  @BeforeEach
  void forgetTheLastPage() {
    chromium.get("about:blank");
    chromium.manage().logs().get(LogType.BROWSER);
  }

  @AfterAll
  void closeChromium() {
    if (chromium != null) {
      chromium.quit();
    }
  }

  private WebElement find(String selector) {
    return chromium.findElement(By.cssSelector(selector));
  }

  private String text(String selector) {
    return find(selector).getText();
  }

  /** Waits until the page, which changes by itself, is so. */
  private static void awaitTrue(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private void awaitText(String selector, String text) {
    awaitTrue(selector + " has " + text, () -> text(selector).contains(text));
  }

  private void open(URI page) {
    chromium.get(page.toString());
    awaitText("#status", "connected");
    awaitTrue(
        "two loops", () -> chromium.findElements(By.cssSelector("#loops article")).size() == 2);
  }

  private void say(String name, String text) {
    find("#name").clear();
    find("#name").sendKeys(name);
    find("#text").sendKeys(text, Keys.ENTER);
  }

  private Object script(String script) {
    return chromium.executeScript(script);
  }

  private void emulateWidth(int width) {
    chromium.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 800, "deviceScaleFactor", 1, "mobile", false));
  }

  private void emulateColors(String scheme) {
    chromium.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  private void keepScreenshot(String name) throws IOException {
    Files.createDirectories(SCREENSHOTS);
    Path shot = chromium.getScreenshotAs(OutputType.FILE).toPath();
    String jdk = System.getProperty("java.specification.version");
    Path kept = SCREENSHOTS.resolve(name + "-jdk" + jdk + ".png");
    Files.move(shot, kept, StandardCopyOption.REPLACE_EXISTING);
  }

  private void assertNoComplaints() {
    assertThat(chromium.manage().logs().get(LogType.BROWSER).getAll())
        .extracting(LogEntry::getMessage)
        .isEmpty();
  }

  @Test
  void pageShowsTheLoopsAndWorksByKeyboardOnSmallAndDarkScreens() throws Exception {
    try (ServeProcess server = ServeProcess.start(directory)) {
      assertThat(server.page().getHost()).isEqualTo("127.0.0.1");
      open(server.page());
      awaitText("#loops .make", "backend netty-");
      awaitText("#loops .waiting", "Station.watchLag");
      awaitText("#loops .lag", " ms");
      awaitText("#loops .slow", "none so far");
      awaitTrue(
          "a line in the chart",
          () -> find("#loops polyline").getAttribute("points").split(" ").length >= 3);
      assertThat(Long.parseLong(text("#loops .turns").replace(",", ""))).isPositive();
      assertThat(find("#loops svg").getAttribute("aria-label"))
          .startsWith("Lag of the last minute");

      chromium.switchTo().activeElement();
      find("body").sendKeys(Keys.TAB);
      awaitTrue(
          "focus on the button",
          () -> {
            if (chromium.switchTo().activeElement().getAttribute("id").equals("sum")) {
              return true;
            }
            chromium.switchTo().activeElement().sendKeys(Keys.TAB);
            return false;
          });
      chromium.switchTo().activeElement().sendKeys(Keys.ENTER);
      awaitText("#sum-output", "2 3 5");
      keepScreenshot("page");

      emulateWidth(400);
      assertThat((Long) script("return document.documentElement.scrollWidth"))
          .isLessThanOrEqualTo(400);
      emulateColors("light");
      Object light = script("return getComputedStyle(document.body).backgroundColor");
      emulateColors("dark");
      Object dark = script("return getComputedStyle(document.body).backgroundColor");
      assertThat(dark).isNotEqualTo(light);
      keepScreenshot("page-small-dark");
      emulateWidth(1000);
      emulateColors("light");
      assertNoComplaints();
      assertThat(server.errors()).isEmpty();
      assertThat(server.terminate()).isIn(0, 143);
    }
  }

  @Test
  void chatWorksInTwoTabsAndShowsMarkupAsText() throws Exception {
    try (ServeProcess server = ServeProcess.start(directory)) {
      open(server.page());
      String first = chromium.getWindowHandle();
      chromium.switchTo().newWindow(WindowType.TAB);
      open(server.page());
      String second = chromium.getWindowHandle();
      String markup = "<img src=x onerror=alert(1)><script>alert(2)</script>";
      say("ada <b>", markup);
      awaitText("#chat", "ada <b>: " + markup);
      chromium.switchTo().window(first);
      awaitText("#chat", "ada <b>: " + markup);
      assertThat(chromium.findElements(By.cssSelector("#chat img, #chat script, #chat b")))
          .isEmpty();
      say("bob", "hello");
      chromium.switchTo().window(second);
      awaitText("#chat", "bob: hello");
      keepScreenshot("chat");
      assertNoComplaints();
      server.terminate();
      awaitText("#status", "disconnected");
      chromium.close();
      chromium.switchTo().window(first);
    }
  }

  @Test
  void servingOthersIsWarnedOf() throws Exception {
    try (ServeProcess server = ServeProcess.start(directory, "--host", "0.0.0.0")) {
      assertThat(server.errors()).contains(Serve.WARNING);
    }
  }

  @Test
  void everyRequestOfManyIsAnswered() throws Exception {
    String wrk = Programs.find("wrk").toString();
    try (ServeProcess server = ServeProcess.start(directory)) {
      Process load =
          new ProcessBuilder(wrk, "-t1", "-c64", "-d1s", server.page().toString())
              .redirectErrorStream(true)
              .start();
      List<String> report = load.inputReader().lines().toList();
      assertThat(load.waitFor()).isZero();
      assertThat(report).anyMatch(line -> line.matches("\\s*[1-9]\\d* requests in .*"));
      assertThat(report).noneMatch(line -> line.contains("Non-2xx") || line.contains("Socket err"));
    }
  }

  @Test
  void chatGoesOverRedisToOtherServersAndSurvivesItsAbsence() throws Exception {
    String secret = "s3cr3t-w0rd";
    int port = RedisServer.freePort();
    String uri = "redis://:" + secret + "@127.0.0.1:" + port;
    RedisServer redis = RedisServer.start(port, directory, secret);
    try (ServeProcess here = ServeProcess.start(directory, "--redis", uri);
        ServeProcess there = ServeProcess.start(directory, "--redis", uri, "--backend", "nio");
        Browser ada = Browser.open(here.page().getPort())) {
      open(there.page());
      awaitText("#chat-state", "over Redis at 127.0.0.1:" + port);
      ada.say("ada", "hello over there");
      awaitText("#chat", "ada: hello over there");
      assertThat(ada.hear()).isEqualTo("ada: hello over there");
      say("bob", "hello back");
      assertThat(ada.hear()).isEqualTo("bob: hello back");

      script("window.before = socket");
      redis.close();
      awaitText("#chat-state", "is away");
      say("bob", "anybody?");
      awaitText("#chat", "bob: anybody?");
      awaitText("#chat", "only the browsers of this server");
      redis = RedisServer.start(port, directory, secret);
      awaitText("#chat-state", "over Redis");
      ada.next(
          message -> message.has("chat") && message.get("chat").getAsString().startsWith("over"));
      ada.say("ada", "back again");
      awaitText("#chat", "ada: back again");
      assertThat(script("return window.before === socket && socket.readyState === 1"))
          .isEqualTo(true);
      keepScreenshot("chat-over-redis");

      assertThat(find("body").getText()).doesNotContain(secret);
      assertThat(here.terminate()).isIn(0, 143);
      assertThat(here.errors()).doesNotContain(secret);
      assertThat(there.terminate()).isIn(0, 143);
      assertThat(there.errors()).doesNotContain(secret);
    } finally {
      redis.close();
    }
  }
}
