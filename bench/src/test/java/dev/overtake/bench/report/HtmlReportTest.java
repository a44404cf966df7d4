package dev.overtake.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.ResultsJson;
import dev.overtake.bench.result.SyntheticResults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HtmlReportTest {
  private static final Pattern LOADS =
      Pattern.compile(
          "(?i)<link\\b|<img\\b|<iframe\\b|\\b(?:src|href)\\s*=\\s*[\"']?\\w|(?<!Object)url\\(|@import"
              + "|\\bfetch\\(|XMLHttpRequest|WebSocket\\(|sendBeacon|\\bimport\\(");
  private static final Pattern EMBEDDED =
      Pattern.compile(
          "<script type=\"application/json\" id=\"results\">\n(.*?)</script>", Pattern.DOTALL);

  @TempDir Path folder;

  static Stream<Results> allResults() {
    return Stream.of(
        SyntheticResults.helpful(),
        SyntheticResults.harmful(),
        SyntheticResults.single(),
        SyntheticResults.incomplete(),
        SyntheticResults.empty());
  }

  @ParameterizedTest
  @MethodSource("allResults")
  void loadsNothing(Results results) {
    // The download link points at a blob made in the page.
    String page = HtmlReport.render(results).replace("link.href = URL.createObjectURL", "");
    assertThat(LOADS.matcher(page).results().map(found -> found.group())).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("allResults")
  void isTheSameEveryTimeAndFreeOfNonsense(Results results) {
    String page = HtmlReport.render(results);
    assertThat(HtmlReport.render(results)).isEqualTo(page);
    String markup = page.substring(page.indexOf("<body>"), page.indexOf("<script"));
    assertThat(markup).doesNotContain("NaN", "null", "Infinity", "{{", "%s");
  }

  @Test
  void everyValueIsEscaped() {
    String evil = "</script><b x=\"y\">&'{{json}}<!--$1";
    String page = HtmlReport.render(SyntheticResults.withText(evil));
    assertThat(page).doesNotContain("</script><b", "<b x=").contains("&lt;/script&gt;&lt;b x=");
    assertThat(page.split("<script", -1)).hasSize(4);
    assertThat(page.split("</script>", -1)).hasSize(4);
  }

  @ParameterizedTest
  @MethodSource("allResults")
  void holdsTheResults(Results results) throws IOException {
    assertThat(embedded(results)).isEqualTo(ResultsJson.toJson(results));
  }

  @Test
  void holdsTheResultsWhateverTheyContain() throws IOException {
    Results results = SyntheticResults.withText("</script><!--&\"\\");
    Path file = folder.resolve("results.json");
    Files.writeString(file, embedded(results));
    assertThat(ResultsJson.toJson(ResultsJson.read(file))).isEqualTo(ResultsJson.toJson(results));
  }

  private static String embedded(Results results) {
    var json = EMBEDDED.matcher(HtmlReport.render(results));
    assertThat(json.find()).isTrue();
    return json.group(1);
  }

  @Test
  void showsEveryRunInEveryFigure() {
    String page = HtmlReport.render(SyntheticResults.helpful());
    assertThat(page.split("<button type=\"button\" class=\"series", -1)).hasSize(1 + 9);
    assertThat(page.split("<figure", -1)).hasSize(1 + 9);
    assertThat(page.split("class=\"bar\"", -1)).hasSize(1 + 9);
    assertThat(page.split("class=\"dot\"", -1)).hasSize(1 + 16);
  }

  @Test
  void keepsTheLicenceOfThePlotLibrary() {
    assertThat(HtmlReport.render(SyntheticResults.empty()))
        .contains("The MIT License (MIT)", "Permission is hereby granted");
  }
}
