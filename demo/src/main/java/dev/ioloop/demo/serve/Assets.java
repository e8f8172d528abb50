package dev.ioloop.demo.serve;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of the page, and answers with the headers that tell browsers how to treat them. */
final class Assets {
  private record Asset(String type, byte[] bytes) {}

  private static final String TEXT = "text/plain; charset=utf-8";

  private final Map<String, Asset> assets =
      Map.of(
          "/", read("page.html", "text/html; charset=utf-8"),
          "/page.css", read("page.css", "text/css; charset=utf-8"),
          "/page.js", read("page.js", "text/javascript; charset=utf-8"),
          "/icon.svg", read("icon.svg", "image/svg+xml"));

  private static Asset read(String name, String type) {
    try (InputStream in = Assets.class.getResourceAsStream(name)) {
      return new Asset(type, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the file with this path, or null. */
  @Nullable FullHttpResponse find(String path) {
    Asset asset = assets.get(path);
    return asset == null ? null : response(HttpResponseStatus.OK, asset.type(), asset.bytes());
  }

  static FullHttpResponse text(HttpResponseStatus status, String text) {
    return response(status, TEXT, (text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static FullHttpResponse response(HttpResponseStatus status, String type, byte[] body) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
    HttpHeaders headers = response.headers();
    headers.set(HttpHeaderNames.CONTENT_TYPE, type);
    headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length);
    headers.set(HttpHeaderNames.CACHE_CONTROL, "no-cache");
    headers.set(
        HttpHeaderNames.CONTENT_SECURITY_POLICY,
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    return response;
  }
}
