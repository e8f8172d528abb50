package dev.ioloop.demo.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.demo.JavaRun;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is loaded before a server listens, because it would block an event loop later. */
final class MessagesIT {
  @Test
  void firstMessagesLoadNothingOfTheirFormat() throws Exception {
    String classes =
        Path.of("target", "ioloop-demo.jar")
            + File.pathSeparator
            + Path.of("target", "test-classes");
    JavaRun run =
        JavaRun.of(List.of("-Xlog:class+load", "-cp", classes, FirstMessages.class.getName()));
    assertThat(run.code()).as("%s", run.err()).isZero();
    int listening = run.out().indexOf(FirstMessages.LISTENING);
    assertThat(listening).isPositive();
    assertThat(run.out().subList(listening, run.out().size()))
        .anyMatch(line -> line.contains("hello"))
        .noneMatch(line -> line.contains("[class,load] com.google.gson"));
  }
}
