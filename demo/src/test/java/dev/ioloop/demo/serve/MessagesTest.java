package dev.ioloop.demo.serve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What servers say to each other. */
final class MessagesTest {
  private static final int MAX_BYTES = 100;

  private static ChatLine relayed(String text) {
    return Messages.relayed(Messages.chat(new ChatLine("ada", text)), MAX_BYTES);
  }

  @Test
  void relayedTextIsAtMostAsLongAsTypedText() {
    for (String character : new String[] {"x", "<", "\u0001"}) {
      String longest = character.repeat(MAX_BYTES);
      assertThat(relayed(longest)).isEqualTo(new ChatLine("ada", longest));
      assertThat(new ChatLine("ada", longest).fault(MAX_BYTES)).isNull();
      assertThat(relayed(longest + character)).isNull();
      assertThat(new ChatLine("ada", longest + character).fault(MAX_BYTES)).isNotNull();
    }
    assertThat(relayed("☃".repeat(MAX_BYTES / 3))).isNotNull();
    assertThat(relayed("☃".repeat(MAX_BYTES / 3 + 1))).isNull();
    assertThat(relayed("x".repeat(1_000_000))).isNull();
  }

  @Test
  void whatIsNoMessageIsNotRelayed() {
    for (String json : new String[] {"", "x", "[]", "{}", "{\"name\":\"\",\"text\":\"a\"}"}) {
      assertThat(Messages.relayed(json, MAX_BYTES)).as(json).isNull();
    }
  }
}
