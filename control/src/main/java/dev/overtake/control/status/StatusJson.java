package dev.overtake.control.status;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A report as JSON: fields in the order of the records, absent values as null. Thread-safe. */
public final class StatusJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.INDENT_OUTPUT)
          // A field that is null is written, so one that is not there is of another version.
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private StatusJson() {}

  /** Indented, with a line feed at the end. */
  public static String write(StatusReport report) {
    return MAPPER.writeValueAsString(report) + "\n";
  }

  /**
   * What {@link #write} wrote.
   *
   * @throws JacksonException if it is something else
   */
  public static StatusReport read(String json) {
    return MAPPER.readValue(json, StatusReport.class);
  }
}
