package dev.overtake.bench.report;

import dev.overtake.bench.result.Results;
import dev.overtake.bench.result.SyntheticResults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes reports of invented results to a folder, for looking at them in a browser. */
final class SyntheticReport {
  private SyntheticReport() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    Map<String, Results> all =
        Map.of(
            "helpful", SyntheticResults.helpful(),
            "harmful", SyntheticResults.harmful(),
            "single", SyntheticResults.single(),
            "incomplete", SyntheticResults.incomplete(),
            "empty", SyntheticResults.empty());
    for (var named : all.entrySet()) {
      Files.writeString(
          folder.resolve(named.getKey() + ".html"), HtmlReport.render(named.getValue()));
      Files.writeString(
          folder.resolve(named.getKey() + ".txt"), ResultTable.render(named.getValue(), 160));
    }
  }
}
