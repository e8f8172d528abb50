package dev.ioloop.demo;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.named;
import static dev.ioloop.Gen.sleep;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.net.IOStream;
import dev.ioloop.net.TCPClient;
import dev.ioloop.net.TCPServer;
import java.io.File;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A flight recording of a program, as the guide makes it. */
final class FlightIT {
  private static final String JAR =
      Path.of("target", "ioloop-demo.jar").toAbsolutePath().toString();

  @TempDir Path directory;

  private List<RecordedEvent> record(String settings) throws Exception {
    Path file = directory.resolve("recording.jfr");
    JavaRun run =
        JavaRun.of(
            List.of(
                "-XX:StartFlightRecording:filename=" + file + settings,
                "--add-exports",
                "java.base/jdk.internal.vm=ALL-UNNAMED",
                "-Ddev.ioloop.watchdog=50ms",
                "-cp",
                JAR + File.pathSeparator + Path.of("target", "test-classes").toAbsolutePath(),
                Program.class.getName()));
    assertThat(run.code()).as(run.toString()).isZero();
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().startsWith("dev.ioloop."))
        .toList();
  }

  private static Set<String> names(List<RecordedEvent> events) {
    return events.stream().map(event -> event.getEventType().getName()).collect(Collectors.toSet());
  }

  @Test
  void streamsAndBlockedLoopsAreRecorded() throws Exception {
    List<RecordedEvent> events = record("");
    assertThat(names(events))
        .contains(
            "dev.ioloop.StreamOpen",
            "dev.ioloop.StreamClose",
            "dev.ioloop.LoopBlocked",
            "dev.ioloop.SlowTurn",
            "dev.ioloop.TimeoutLate");
    assertThat(events)
        .anyMatch(
            event ->
                event.getEventType().getName().equals("dev.ioloop.LoopBlocked")
                    && event.getString("stack").contains("FlightIT$Program")
                    && event.getDuration("blocked").toMillis() >= 50);
    assertThat(names(events)).doesNotContain("dev.ioloop.CoroutineStart");
    assertThat(events)
        .filteredOn(event -> event.getEventType().getName().equals("dev.ioloop.StreamClose"))
        .anyMatch(event -> event.getLong("received") > 0 && event.getLong("sent") > 0);
  }

  @Test
  void coroutinesAreRecordedIfThatIsAskedFor() throws Exception {
    List<RecordedEvent> events =
        record(
            ",+dev.ioloop.CoroutineStart#enabled=true,+dev.ioloop.CoroutineWait#enabled=true"
                + ",+dev.ioloop.CoroutineEnd#enabled=true");
    assertThat(names(events))
        .contains(
            "dev.ioloop.CoroutineStart", "dev.ioloop.CoroutineWait", "dev.ioloop.CoroutineEnd");
    assertThat(events)
        .anyMatch(
            event ->
                event.getEventType().getName().equals("dev.ioloop.CoroutineStart")
                    && event.getString("coroutine").equals("coroutine \"sleeper\""))
        .anyMatch(
            event ->
                event.getEventType().getName().equals("dev.ioloop.CoroutineWait")
                    && event.getDuration("waited").toMillis() >= 10);
  }

  @Test
  void shorterWaitsAndTurnsAreRecordedIfThatIsAskedFor() throws Exception {
    List<RecordedEvent> events =
        record(
            ",+dev.ioloop.CoroutineWait#enabled=true,+dev.ioloop.CoroutineWait#longerThan=0ns"
                + ",+dev.ioloop.SlowTurn#threshold=0ns");
    assertThat(events)
        .filteredOn(event -> event.getEventType().getName().equals("dev.ioloop.CoroutineWait"))
        .anyMatch(event -> event.getDuration("waited").toMillis() < 10);
    assertThat(events)
        .filteredOn(event -> event.getEventType().getName().equals("dev.ioloop.SlowTurn"))
        .hasSizeGreaterThan(10)
        .anyMatch(event -> event.getDuration().toMillis() >= 50 && event.getLong("turns") > 0)
        .anyMatch(
            event ->
                event.getString("handler") != null
                    && event.getString("handler").contains("FlightIT$Program"));
  }

  /** What is recorded: bytes over a connection, a coroutine that sleeps, and a loop that blocks. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      IOLoop loop = IOLoop.instance();
      loop.runSync(
          () -> {
            TCPServer server = new EchoServer(Duration.ofSeconds(60));
            int port = ((InetSocketAddress) server.listen(0, "127.0.0.1")).getPort();
            IOStream stream = await(new TCPClient().connect("127.0.0.1", port));
            stream.write("hello\n".getBytes(UTF_8));
            await(stream.readUntil(new byte[] {'\n'}));
            stream.close();
            await(server.shutdown(Duration.ofSeconds(10)));
            await(coroutine(named("sleeper", () -> await(sleep(Duration.ofMillis(20))))));
            Pipe pipe = Pipe.open();
            pipe.source().configureBlocking(false);
            Future<Void> handled = new Future<>();
            loop.addHandler(
                pipe.source(),
                ready -> {
                  loop.removeHandler(pipe.source());
                  handled.setResult(null);
                },
                IOLoop.READ);
            pipe.sink().write(ByteBuffer.wrap(new byte[1]));
            await(handled);
            loop.callLater(Duration.ofMillis(1), () -> {}); // will be late
            while (loop.slowCallbacks().isEmpty()) {
              Thread.onSpinWait();
            }
            while (!loop.slowCallbacks().get(0).ended()) {
              await(sleep(Duration.ofMillis(1)));
            }
          });
    }
  }
}
