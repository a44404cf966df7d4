package dev.overtake.bench.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/** The styles and scripts that go into every page, from the class path. */
final class Assets {
  private static final String UPLOT_POM = "/META-INF/maven/org.webjars.npm/uplot/pom.properties";
  private static final List<String> STYLES =
      List.of("base.css", "table.css", "figures.css", "print.css");
  private static final List<String> SCRIPTS =
      List.of("results.js", "axes.js", "distribution.js", "timeline.js", "download.js", "page.js");

  private Assets() {}

  /** Every style sheet, that of uPlot first. */
  static String styles() {
    return uPlot("dist/uPlot.min.css")
        + STYLES.stream().map(Assets::own).collect(Collectors.joining("\n", "\n", ""));
  }

  /** uPlot with the licence that must go with it. */
  static String plotLibrary() {
    return "/*!\nuPlot\n\n" + uPlot("LICENSE") + "*/\n" + uPlot("dist/uPlot.iife.min.js");
  }

  /** The page's own scripts, in the order in which they use one another. */
  static String scripts() {
    return SCRIPTS.stream().map(Assets::own).collect(Collectors.joining("\n"));
  }

  private static String own(String name) {
    return text("/dev/overtake/bench/page/" + name);
  }

  /** The version is part of the path, and the jar itself says which one it is. */
  private static String uPlot(String name) {
    var pom = new Properties();
    try {
      pom.load(new StringReader(text(UPLOT_POM)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String version = pom.getProperty("version");
    return text("/META-INF/resources/webjars/uplot/" + version + "/" + name);
  }

  private static String text(String path) {
    return text(Assets.class, path);
  }

  /** A resource as text, found as {@link Class#getResourceAsStream} finds it. */
  static String text(Class<?> beside, String path) {
    try (InputStream stream = beside.getResourceAsStream(path)) {
      if (stream == null) {
        throw new IllegalStateException(
            path + " is not on the class path: the report needs it, check how this was packaged");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }
}
