package dev.overtake.bench.result;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Results as JSON. Fields come in the order of the records, absent values as {@code null}, times in
 * ISO 8601, doubles with six significant digits; so equal results give equal files. Thread-safe.
 */
public final class ResultsJson {
  private static final JsonMapper MAPPER = mapper();

  private ResultsJson() {}

  /**
   * Writes the file whole or not at all: whoever reads it meanwhile sees the former one.
   *
   * @throws IOException if the file cannot be written
   */
  public static void write(Path file, Results results) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.writeString(draft, toJson(results));
      replace(draft, file);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /**
   * Reads a file that {@link #write} wrote, in this version or an earlier one of the same layout.
   *
   * @throws ResultsFormatException with a one-line message, if it is missing, is not JSON, or does
   *     not hold results
   * @throws IOException if it cannot be read for another reason
   */
  public static Results read(Path file) throws IOException {
    String json;
    try {
      json = Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new ResultsFormatException(file + ": there is no such file", e);
    } catch (CharacterCodingException e) {
      throw new ResultsFormatException(file + ": not JSON (it is not UTF-8 text)", e);
    }
    try {
      return parse(json);
    } catch (ResultsFormatException e) {
      throw new ResultsFormatException(file + ": " + e.getMessage(), e);
    }
  }

  /** The results as pretty-printed JSON, with a line feed at the end. */
  public static String toJson(Results results) {
    return MAPPER.writeValueAsString(results) + "\n";
  }

  /** The inverse of {@link #toJson}. */
  static Results parse(String json) throws ResultsFormatException {
    try {
      JsonNode tree = MAPPER.readTree(json);
      JsonNode version = tree.path("schemaVersion");
      if (!version.isInt()) {
        throw new ResultsFormatException("JSON, but not results of 'overtake bench'");
      }
      if (version.intValue() != Results.SCHEMA_VERSION) {
        throw new ResultsFormatException(
            "results in layout %d, this version of overtake reads layout %d"
                .formatted(version.intValue(), Results.SCHEMA_VERSION));
      }
      return MAPPER.treeToValue(tree, Results.class);
    } catch (StreamReadException e) {
      throw new ResultsFormatException("not JSON: " + firstLine(e) + position(e), e);
    } catch (JacksonException e) {
      throw new ResultsFormatException("not valid results: " + firstLine(e) + path(e), e);
    }
  }

  private static String firstLine(JacksonException e) {
    Throwable cause = e.getCause();
    String message =
        cause instanceof RuntimeException ? cause.getMessage() : e.getOriginalMessage();
    return String.valueOf(message).lines().findFirst().orElse("no details");
  }

  private static String position(JacksonException e) {
    var at = e.getLocation();
    return at == null ? "" : " (line %d, column %d)".formatted(at.getLineNr(), at.getColumnNr());
  }

  private static String path(JacksonException e) {
    return e.getPath().isEmpty() ? "" : " (at " + e.getPathReference() + ")";
  }

  private static void replace(Path draft, Path file) throws IOException {
    try {
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static JsonMapper mapper() {
    var doubles = new SimpleModule();
    doubles.addSerializer(Double.class, new RoundedDouble());
    doubles.addSerializer(double.class, new RoundedDouble());
    // Line feeds on every system, so that equal results give equal files.
    var indenter = new DefaultIndenter("  ", "\n");
    return JsonMapper.builder()
        .addModule(doubles)
        .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
        .enable(SerializationFeature.INDENT_OUTPUT)
        .defaultPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(indenter))
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .build();
  }
}
