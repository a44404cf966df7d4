package dev.overtake.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModeTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "baseline | baseline",
        "4:2      | XQueue (4,2)",
        "1:1@L1   | XQueue (1,1)",
        "16:8@L2  | XQueue (16,8) L2",
        "16:16@L3 | XQueue (16,16) L3",
        "native | baseline",
        "overtake | overtake",
        "overtake:300us | overtake",
        "overtake:1000us | overtake 1000us",
        "overtake:L1 | overtake L1",
        "overtake:2:1 | overtake (2,1)",
        "overtake:L2:16:1 | overtake (16,1) L2",
        "overtake:L3 | overtake L3"
      })
  void readsWhatIsTyped(String text, String label) {
    assertThat(Mode.parse(text).label()).isEqualTo(label);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "\"\"             | '' is not a mode: give baseline, THRESHOLD:BATCH",
        "Baseline       | 'Baseline' is not a mode",
        "4              | '4' is not a mode",
        "4,2            | '4,2' is not a mode",
        "-4:2           | '-4:2' is not a mode",
        "4:2@L4         | '4:2@L4' is not a mode",
        "4:2@2          | '4:2@2' is not a mode",
        "overtake:L4    | 'overtake:L4' is not a mode",
        "overtake:0us   | 'overtake:0us' is not a mode",
        "overtake:1:2   | batch is 2 with threshold 1: give 1",
        "4:2 @L2        | '4:2 @L2' is not a mode",
        "9999999999:1   | '9999999999:1' is not a mode",
        "0:0            | threshold is 0: at least 1 command must be allowed in flight",
        "4:0            | batch is 0 with threshold 4: give 1 to 4",
        "4:8            | batch is 8 with threshold 4: give 1 to 4"
      })
  void saysWhatIsWrong(String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Mode.parse(text))
        .withMessageContaining(message);
  }
}
