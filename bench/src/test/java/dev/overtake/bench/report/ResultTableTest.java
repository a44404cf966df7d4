package dev.overtake.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.SyntheticResults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultTableTest {
  @Test
  void showsEveryRunAndTheVerdict() throws IOException {
    try (var stream = ResultTableTest.class.getResourceAsStream("harmful.txt")) {
      String golden = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(ResultTable.render(SyntheticResults.harmful(), 170)).isEqualTo(golden);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 100, 120, 200})
  void keepsToTheWidth(int columns) {
    assertThat(ResultTable.render(SyntheticResults.helpful(), columns).lines())
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(columns))
        .anySatisfy(line -> assertThat(line).contains("XQueue L2 (16,8)", "13.75"));
  }

  @ParameterizedTest
  @MethodSource("dev.overtake.bench.report.HtmlReportTest#allResults")
  void hasNoTrailingBlanksAndNoNaN(Results results) {
    String text = ResultTable.render(results, 100);
    assertThat(text).doesNotContain("NaN", "null", "Infinity").endsWith("\n");
    assertThat(text.lines()).allSatisfy(line -> assertThat(line).isEqualTo(line.stripTrailing()));
  }

  @Test
  void isTheSameInEveryLocale() {
    String expected = ResultTable.render(SyntheticResults.helpful(), 160);
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(ResultTable.render(SyntheticResults.helpful(), 160)).isEqualTo(expected);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void saysThatItWasStopped() {
    assertThat(ResultTable.render(SyntheticResults.incomplete(), 100))
        .contains("Nothing to compare", "Warnings\n  Stopped early");
    assertThat(ResultTable.render(SyntheticResults.empty(), 100)).contains("Nothing was measured");
  }
}
