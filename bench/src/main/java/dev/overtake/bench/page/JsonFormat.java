package dev.overtake.bench.page;

import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * How results are written as JSON: fields in the order of the records, absent values as {@code
 * null}, doubles with six significant digits, line feeds on every system; so equal results give
 * equal files.
 */
public final class JsonFormat {
  private JsonFormat() {}

  /** A mapper that writes so, to be given what else it needs. */
  public static JsonMapper.Builder builder() {
    var doubles = new SimpleModule();
    doubles.addSerializer(Double.class, new RoundedDouble());
    doubles.addSerializer(double.class, new RoundedDouble());
    var indenter = new DefaultIndenter("  ", "\n");
    return JsonMapper.builder()
        .addModule(doubles)
        .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
        .enable(SerializationFeature.INDENT_OUTPUT)
        .defaultPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(indenter));
  }

  /** A double as it is written. */
  public static double round(double value) {
    return RoundedDouble.round(value);
  }
}
