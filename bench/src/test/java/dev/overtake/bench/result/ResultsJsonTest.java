package dev.overtake.bench.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.overtake.bench.page.JsonFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultsJsonTest {
  @TempDir Path folder;

  static Stream<Results> allResults() {
    return Stream.of(
        SyntheticResults.helpful(),
        SyntheticResults.harmful(),
        SyntheticResults.single(),
        SyntheticResults.incomplete(),
        SyntheticResults.empty(),
        SyntheticResults.withText("\"</script>\u2028é\\"));
  }

  @ParameterizedTest
  @MethodSource("allResults")
  void followsItsSchema(Results results) throws IOException {
    assertThat(schema().validate(ResultsJson.toJson(results), InputFormat.JSON)).isEmpty();
  }

  @Test
  void schemaRefusesWhatItDoesNotKnow() throws IOException {
    String json = ResultsJson.toJson(SyntheticResults.single());
    assertThat(schema().validate(json.replace("\"seed\"", "\"sead\""), InputFormat.JSON))
        .isNotEmpty();
    assertThat(schema().validate(json.replace("\"periodic\"", "\"daily\""), InputFormat.JSON))
        .isNotEmpty();
  }

  @Test
  void fileThatIsOlderThanSomeFieldsIsRead() throws IOException {
    Results results = SyntheticResults.single();
    String older =
        ResultsJson.toJson(results)
            .replaceAll(",\\s*\"pytorch\" : null", "")
            .replaceAll("\\s*\"runner\" : \"host\",", "")
            .replaceAll("\\s*\"(inFlightMicros|lowQueue|p50Ratio|lowRatio)\" : null,", "");
    assertThat(older)
        .doesNotContain("pytorch", "runner", "inFlightMicros", "lowQueue", "p50Ratio", "lowRatio");
    assertThat(ResultsJson.toJson(ResultsJson.parse(older))).isEqualTo(ResultsJson.toJson(results));
  }

  @Test
  void queueOfAnOlderFileHasNoPolicy() throws IOException {
    String older =
        ResultsJson.toJson(SyntheticResults.withText("HPF"))
            .replaceAll("(\"lowQueue\" : \\{)\\s*\"policy\" : \"HPF\",", "$1");
    assertThat(ResultsJson.parse(older).runs())
        .extracting(Run::lowQueue)
        .isNotEmpty()
        .allSatisfy(queue -> assertThat(queue).isNotNull().extracting("policy").isNull());
  }

  @ParameterizedTest
  @MethodSource("allResults")
  void comesBackAsWritten(Results results) throws IOException {
    Path file = folder.resolve("results.json");
    Files.writeString(file, ResultsJson.toJson(results));
    Results back = ResultsJson.read(file);
    // Doubles were rounded by the first writing; from then on nothing changes.
    assertThat(ResultsJson.toJson(back)).isEqualTo(Files.readString(file));
    assertThat(ResultsJson.parse(ResultsJson.toJson(back))).isEqualTo(back);
    assertThat(back.runs()).extracting(Run::mode).isEqualTo(modes(results));
  }

  private static List<String> modes(Results results) {
    return results.runs().stream().map(Run::mode).toList();
  }

  @Test
  void looksAsPeopleExpect() {
    assertThat(ResultsJson.toJson(SyntheticResults.empty()))
        .startsWith("{\n  \"schemaVersion\" : 1,\n  \"toolVersion\" : \"0.0.0-synthetic\",\n")
        .contains("\"startedAt\" : \"2026-01-02T03:04:05Z\"")
        .contains("\"arrivals\" : \"periodic\"")
        .endsWith("}\n");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, 0.1, 123456.7, 1.0000004, 99.951171875, 1e-9, 6.02214076e23})
  void doublesKeepSixDigits(double value) {
    double rounded = JsonFormat.round(value);
    assertThat(Math.abs(rounded - value)).isLessThanOrEqualTo(Math.abs(value) * 5e-6);
    assertThat(JsonFormat.round(rounded)).isEqualTo(rounded);
  }

  static Stream<Arguments> foreignFiles() {
    String good = ResultsJson.toJson(SyntheticResults.single());
    String foreign = "JSON, but not results of 'overtake bench'";
    String invalid = "not valid results: ";
    return Stream.of(
        Arguments.of("{\"schemaVersion\": 1,", "not JSON from line 1, column 21"),
        Arguments.of("<html>", "not JSON from line 1, column 1"),
        Arguments.of("", foreign),
        Arguments.of("[1, 2]", foreign),
        Arguments.of("{\"schemaVersion\": \"one\"}", foreign),
        Arguments.of(
            "{\"schemaVersion\": 99}",
            "results in layout 99, this version of overtake reads layout 1"),
        Arguments.of(
            "{\"schemaVersion\": 1}", invalid + "toolVersion: missing, or of the wrong kind"),
        Arguments.of(
            good.replace("\"batch\" : 1", "\"batch\" : -1"),
            invalid + "configuration.high: batch must not be negative, is -1"),
        Arguments.of(
            good.replace("\"none\"", "\"sideways\""),
            invalid + "runs[0].topology: cannot be 'sideways'"),
        Arguments.of(
            good.replace("2026-01-02T03:12:25Z", "2025-01-02T03:12:25Z"),
            invalid + "finishedAt 2025-01-02T03:12:25Z is before startedAt 2026-01-02T03:04:05Z"));
  }

  @ParameterizedTest
  @MethodSource("foreignFiles")
  void foreignFilesGiveOneLine(String content, String message) throws IOException {
    Path file = folder.resolve("given.json");
    Files.writeString(file, content);
    assertThatExceptionOfType(ResultsFormatException.class)
        .isThrownBy(() -> ResultsJson.read(file))
        .withMessage(file + ": " + message);
  }

  @Test
  void unreadableFilesGiveOneLine() {
    Path missing = folder.resolve("missing.json");
    assertThatExceptionOfType(ResultsFormatException.class)
        .isThrownBy(() -> ResultsJson.read(missing))
        .withMessage(missing + ": there is no such file");
    assertThatExceptionOfType(ResultsFormatException.class)
        .isThrownBy(() -> ResultsJson.read(folder))
        .withMessageStartingWith(folder + ": cannot be read");
  }

  @Test
  void binaryIsNotJson() throws IOException {
    Path file = folder.resolve("binary");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThatExceptionOfType(ResultsFormatException.class)
        .isThrownBy(() -> ResultsJson.read(file))
        .withMessage(file + ": not JSON (it is not UTF-8 text)");
  }

  private static Schema schema() throws IOException {
    try (var stream = Results.class.getResourceAsStream("results.schema.json")) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(text);
    }
  }
}
