package dev.overtake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalWidthTest {
  @ParameterizedTest
  @CsvSource({"100, 80, 100", ", 80, 80", "many, 80, 80", "0, 0, 160", ", , 160"})
  void tableIsAsWideAsAskedForOrAsTheTerminal(String wanted, String found, int columns) {
    assertThat(TerminalWidth.ofTable(wanted, found)).isEqualTo(columns);
  }
}
