package dev.ioloop.demo;

import dev.ioloop.demo.serve.Serve;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.RunLast;

/**
 * The main class of the jar: it defines the commands and their options, and does nothing else.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar --help</pre>
 *
 * <p>Does not use picocli's annotations, because reading them takes a third of the start-up time.
 */
public final class Main {
  private Main() {}

  /** Runs the command that {@code arguments} name, and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    CommandSpec main =
        Usage.of(
            "Small programs that show what ioloop, an event loop with coroutines, can do.",
            "asyn-sum",
            "asyn-sum --backend nio --generator thread",
            "waker --help");
    main.name(Usage.PROGRAM).usageMessage().synopsisSubcommandLabel("COMMAND");
    main.addSubcommand("asyn-sum", asynSum());
    main.addSubcommand("generator", generator());
    main.addSubcommand("waker", waker());
    main.addSubcommand("tasks", tasks());
    main.addSubcommand("crawl", crawl());
    main.addSubcommand("echo-server", echoServer());
    main.addSubcommand("echo-client", echoClient());
    main.addSubcommand("tls-echo", tlsEcho());
    main.addSubcommand("proxy", proxy());
    main.addSubcommand("chat", chat());
    main.addSubcommand("serve", serve());
    main.addSubcommand("attach", attach());
    main.addSubcommand("backends", backends());

    ErrorHandler errors = new ErrorHandler();
    return new CommandLine(main)
        .setExecutionStrategy(
            parsed -> {
              CommonOptions.apply(parsed);
              return new RunLast().execute(parsed);
            })
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors);
  }

  private static CommandSpec asynSum() {
    return Usage.of(
        new AsynSum(System.out::println),
        "Two coroutines that wait for a sum, which a callback of the loop computes.",
        "asyn-sum",
        "asyn-sum --backend nio --generator thread");
  }

  private static CommandSpec generator() {
    return Usage.of(
        new NextAndSend(),
        "A generator that returns the values sent to it: next and send, without a loop.",
        "generator",
        "generator --generator thread");
  }

  private static CommandSpec waker() {
    OptionSpec period =
        OptionSpec.builder("--period")
            .paramLabel("TIME")
            .type(Duration.class)
            .converters(new DurationConverter())
            .defaultValue("1s")
            .description("How long the thread sleeps before each callback. Default: 1s.")
            .build();
    OptionSpec count =
        OptionSpec.builder("--count")
            .paramLabel("N")
            .type(int.class)
            .converters(new CountConverter())
            .defaultValue("3")
            .description("How many callbacks the thread adds before the program ends. Default: 3.")
            .build();
    return Usage.of(
            () -> new Waker(period.getValue(), count.getValue()).run(),
            "A thread that wakes a sleeping loop by adding callbacks to it.",
            "waker",
            "waker --period 200ms --count 10 --backend nio")
        .addOption(period)
        .addOption(count);
  }

  private static CommandSpec tasks() {
    return Usage.of(
        new Tasks(),
        "Groups of coroutines that end together: one fails, or a time limit is reached.",
        "tasks",
        "tasks --backend nio --generator thread");
  }

  private static CommandSpec crawl() {
    OptionSpec workers =
        OptionSpec.builder("--workers")
            .paramLabel("N")
            .type(int.class)
            .converters(new CountConverter(1, 1_000))
            .defaultValue("4")
            .description("The number of pages fetched at the same time. Default: 4.")
            .build();
    OptionSpec pages =
        OptionSpec.builder("--pages")
            .paramLabel("N")
            .type(int.class)
            .converters(new CountConverter(1, 100_000))
            .defaultValue("20")
            .description("The number of pages of the site. Default: 20.")
            .build();
    return Usage.of(
            () -> new Crawl(workers.getValue(), pages.getValue()).run(),
            "A pool of workers over a queue, which reads a small web site on this machine.",
            "crawl",
            "crawl --workers 1 --pages 50 --backend nio")
        .addOption(workers)
        .addOption(pages);
  }

  private static OptionSpec host() {
    return OptionSpec.builder("--host")
        .paramLabel("HOST")
        .type(String.class)
        .defaultValue("127.0.0.1")
        .description("The name or address of the host. Default: 127.0.0.1.")
        .build();
  }

  private static OptionSpec port(String value, String description) {
    return OptionSpec.builder("--port")
        .paramLabel("PORT")
        .type(int.class)
        .converters(new CountConverter(0, 65_535))
        .defaultValue(value)
        .description(description + " Default: " + value + ".")
        .build();
  }

  private static CommandSpec echoServer() {
    OptionSpec host = host();
    OptionSpec port = port("8888", "Where to listen; 0 is any free port.");
    OptionSpec idle = idle("60s");
    return Usage.of(
            () -> EchoServer.run(host.getValue(), port.getValue(), idle.getValue()),
            "A server that sends back each line, with a coroutine per connection; 200 at most.",
            "echo-server --port 8888")
        .addOption(host)
        .addOption(port)
        .addOption(idle);
  }

  private static OptionSpec idle(String value) {
    return OptionSpec.builder("--idle")
        .paramLabel("TIME")
        .type(Duration.class)
        .converters(new DurationConverter())
        .defaultValue(value)
        .description("The time that a connection may be silent. Default:  " + value + ".")
        .build();
  }

  private static CommandSpec tlsEcho() {
    OptionSpec host = host();
    OptionSpec port = port("8443", "Where to listen; 0 is any free port.");
    OptionSpec idle = idle("60s");
    OptionSpec chain =
        pem("--chain", "A PEM file with the certificates; may be replaced at any time.");
    OptionSpec key = pem("--key", "A PEM file with the key, in PKCS #8.");
    return Usage.of(
            () ->
                TlsEcho.run(
                    host.getValue(),
                    port.getValue(),
                    idle.getValue(),
                    chain.getValue(),
                    key.getValue()),
            "The echo server with TLS; it makes a certificate of its own unless given one.",
            "tls-echo --port 8443")
        .addOption(host)
        .addOption(port)
        .addOption(idle)
        .addOption(chain)
        .addOption(key);
  }

  private static OptionSpec pem(String name, String description) {
    return OptionSpec.builder(name)
        .paramLabel("FILE")
        .type(Path.class)
        .description(description)
        .build();
  }

  private static CommandSpec echoClient() {
    OptionSpec host = host();
    OptionSpec port = port("8888", "The port of the server.");
    return Usage.of(
            () -> EchoClient.run(host.getValue(), port.getValue(), System.in),
            "Sends the lines of standard input to a server and prints its answers.",
            "echo-client --port 8888")
        .addOption(host)
        .addOption(port);
  }

  private static CommandSpec proxy() {
    OptionSpec port = port("8080", "Where to listen; 0 is any free port.");
    OptionSpec host = host();
    OptionSpec to =
        OptionSpec.builder("--to-port")
            .paramLabel("PORT")
            .type(int.class)
            .converters(new CountConverter(1, 65_535))
            .required(true)
            .description("The port to connect to.")
            .build();
    OptionSpec idle = idle("5m");
    return Usage.of(
            () -> Proxy.run(port.getValue(), host.getValue(), to.getValue(), idle.getValue()),
            "Connects each client, of 200 at most, to a port of a host, and copies the bytes in both"
                + " directions.",
            "proxy --port 8080 --host localhost --to-port 8888")
        .addOption(port)
        .addOption(host)
        .addOption(to)
        .addOption(idle);
  }

  private static CommandSpec chat() {
    OptionSpec host = host();
    OptionSpec port = port("9000", "Where to listen; 0 is any free port.");
    return Usage.of(
            () -> Chat.run(host.getValue(), port.getValue()),
            "A chat with rooms, for telnet or nc, and 200 people at most.",
            "chat --port 9000")
        .addOption(host)
        .addOption(port);
  }

  private static CommandSpec serve() {
    OptionSpec host = host();
    OptionSpec port = port("8080", "Where to listen; 0 is any free port.");
    OptionSpec loops =
        OptionSpec.builder("--loops")
            .paramLabel("N")
            .type(int.class)
            .converters(new CountConverter(1, 64))
            .defaultValue("2")
            .description("The number of event loops. Default: 2.")
            .build();
    OptionSpec allowed =
        OptionSpec.builder("--allow-host")
            .paramLabel("NAME")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .initialValue(List.of())
            .description(
                "A name under which browsers may reach this server, besides localhost and its"
                    + " addresses. May be given several times.")
            .build();
    OptionSpec redis =
        OptionSpec.builder("--redis")
            .paramLabel("URI")
            .type(URI.class)
            .converters(new RedisUriConverter())
            .description(
                "The Redis that carries the chat to other servers: redis://HOST:PORT. Other users"
                    + " of this machine may see a password in it.")
            .build();
    return Usage.of(
            () ->
                Serve.run(
                    host.getValue(),
                    port.getValue(),
                    loops.getValue(),
                    allowed.getValue(),
                    redis.getValue()),
            "A web server on Netty: its page shows its event loops while they run, and has a chat.",
            "serve --port 8080",
            "serve --backend nio --redis redis://localhost:6379")
        .addOption(host)
        .addOption(port)
        .addOption(loops)
        .addOption(allowed)
        .addOption(redis);
  }

  private static CommandSpec attach() {
    PositionalParamSpec pid =
        PositionalParamSpec.builder()
            .index("0")
            .paramLabel("PID")
            .type(int.class)
            .converters(new CountConverter(1, Integer.MAX_VALUE))
            .required(true)
            .description("The process id, as jps shows it.")
            .build();
    OptionSpec json =
        OptionSpec.builder("--json")
            .type(boolean.class)
            .description("Print JSON, for programs.")
            .build();
    return Usage.of(
            () -> {
              int process = pid.getValue();
              Attach.run(process, json.getValue() != null);
            },
            "Shows the loops of another process, and what their coroutines wait for.",
            "attach 1234",
            "attach 1234 --json")
        .addPositional(pid)
        .addOption(json);
  }

  private static CommandSpec backends() {
    return Usage.of(
        new Backends(),
        "A table of the backends and coroutine engines available here, and why others are not.",
        "backends",
        "backends --backend nio");
  }
}
