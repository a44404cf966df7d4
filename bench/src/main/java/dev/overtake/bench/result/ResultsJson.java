package dev.overtake.bench.result;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.overtake.bench.page.JsonFormat;
import dev.overtake.core.xqueue.LaunchConfig;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Results as JSON. Fields come in the order of the records, absent values as {@code null}, times in
 * ISO 8601, doubles with six significant digits; so equal results give equal files. Thread-safe.
 */
public final class ResultsJson {
  private static final JsonMapper MAPPER = mapper();

  private ResultsJson() {}

  /**
   * Reads a file of what {@link #toJson} gave, in this version or an earlier one of the same
   * layout.
   *
   * @throws ResultsFormatException with a one-line message that names the file, if it cannot be
   *     read, is not JSON, or does not hold results
   */
  public static Results read(Path file) throws ResultsFormatException {
    String json;
    try {
      json = Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new ResultsFormatException(file + ": there is no such file", e);
    } catch (CharacterCodingException e) {
      throw new ResultsFormatException(file + ": not JSON (it is not UTF-8 text)", e);
    } catch (AccessDeniedException e) {
      throw new ResultsFormatException(file + ": no permission to read it", e);
    } catch (IOException e) {
      throw new ResultsFormatException(file + ": cannot be read (" + e.getMessage() + ")", e);
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
      LaterFields.fill(tree);
      return MAPPER.treeToValue(tree, Results.class);
    } catch (StreamReadException e) {
      var at = e.getLocation();
      throw new ResultsFormatException(
          "not JSON from line %d, column %d".formatted(at.getLineNr(), at.getColumnNr()), e);
    } catch (JacksonException e) {
      throw new ResultsFormatException("not valid results: " + field(e) + problem(e), e);
    }
  }

  /** Where in the file, as {@code runs[0].topology: }. */
  private static String field(JacksonException e) {
    var field = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      if (step.getPropertyName() == null) {
        field.append('[').append(step.getIndex()).append(']');
      } else {
        field.append(field.isEmpty() ? "" : ".").append(step.getPropertyName());
      }
    }
    return field.isEmpty() ? "" : field + ": ";
  }

  /** What is wrong there; Jackson's own words name classes, which a reader of the file has not. */
  private static String problem(JacksonException e) {
    if (e.getCause() instanceof RuntimeException check && check.getMessage() != null) {
      return check.getMessage();
    }
    if (e instanceof InvalidFormatException format) {
      return "cannot be '" + format.getValue() + "'";
    }
    return "missing, or of the wrong kind";
  }

  /** The names in the file of core's launch config: core itself knows nothing of JSON. */
  @SuppressWarnings("UnusedVariable") // Jackson reads the annotations, and never calls it.
  private abstract static class LaunchConfigNames {
    @JsonCreator
    LaunchConfigNames(
        @JsonProperty("threshold") int thresholdCommands,
        @JsonProperty("batch") int batchCommands) {}

    @JsonProperty("threshold")
    abstract int thresholdCommands();

    @JsonProperty("batch")
    abstract int batchCommands();
  }

  private static JsonMapper mapper() {
    return JsonFormat.builder()
        .addMixIn(LaunchConfig.class, LaunchConfigNames.class)
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .build();
  }
}
