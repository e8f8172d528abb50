package dev.ioloop.demo.serve;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Access control: keeps pages of other sites from using a browser to reach this server. A request
 * must name one of our hosts, because a foreign name may have been bound to our address. A request
 * with an effect must come from one of our pages.
 */
final class Access {
  private static final List<String> OWN = List.of("localhost", "127.0.0.1", "[::1]");

  private final Set<String> hosts = new LinkedHashSet<>(OWN);

  /** Allows the names of this machine, and {@code more}. */
  Access(Collection<String> more) {
    for (String host : more) {
      boolean ipv6 = host.indexOf(':') != host.lastIndexOf(':');
      hosts.add(nameOf(ipv6 && !host.startsWith("[") ? "[" + host + "]" : host));
    }
  }

  /** Returns why a request must not be answered, or null. */
  @Nullable String refusal(HttpRequest request) {
    List<String> host = request.headers().getAll(HttpHeaderNames.HOST);
    if (host.size() != 1) {
      return "The request must have exactly one Host.";
    }
    if (!hosts.contains(nameOf(host.get(0)))) {
      return "This server does not answer for that Host. Start it with --allow-host to add the name.";
    }
    return null;
  }

  /** Returns why a request must have no effect, or null. */
  @Nullable String refusalToAct(HttpRequest request) {
    String host = String.valueOf(request.headers().get(HttpHeaderNames.HOST));
    String origin = request.headers().get(HttpHeaderNames.ORIGIN);
    return origin != null
            && (origin.equalsIgnoreCase("http://" + host)
                || origin.equalsIgnoreCase("https://" + host))
        ? null
        : "The request must come from a page of this server, with the Origin of its Host.";
  }

  private static String nameOf(String host) {
    return host.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
  }
}
