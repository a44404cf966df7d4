package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteStringsTest {
  @Test
  void whatIsNoTextIsKnown() {
    assertThat(ByteStrings.isText("/usr/bin/true")).isTrue();
    assertThat(ByteStrings.isText("")).isTrue();
    assertThat(ByteStrings.isText("/\u00ff\u00fe")).isFalse(); // in UTF-8 and in ASCII
  }
}
