package dev.overtake.control.daemon;

import dev.overtake.control.page.PageLayout;
import dev.overtake.control.page.QueueHints;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads bodies of requests. */
final class HintsJson {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Set<String> NAMES =
      Set.of("priority", "level", "threshold", "batch", "inFlightMicros", "lingerMicros");

  private HintsJson() {}

  /** An object of the fields of {@link QueueHints}; {@code lingerMicros} may be "adaptive". */
  static QueueHints hints(String body) throws HttpFailure {
    JsonNode json = object(body);
    for (String name : json.propertyNames()) {
      if (!NAMES.contains(name)) {
        throw new HttpFailure(400, "there is no hint '%s': give %s".formatted(name, sorted()));
      }
    }
    JsonNode linger = json.get("lingerMicros");
    try {
      var hints =
          new QueueHints(
              integer(json, "priority"),
              integer(json, "level"),
              integer(json, "threshold"),
              integer(json, "batch"),
              integer(json, "inFlightMicros"),
              linger != null && linger.isString() && linger.stringValue().equals("adaptive")
                  ? Integer.valueOf(PageLayout.LINGER_ADAPTIVE)
                  : lingerMicros(json));
      if (hints.isEmpty()) {
        throw new HttpFailure(400, "the body has no hint: give one of " + sorted());
      }
      return hints;
    } catch (IllegalArgumentException e) {
      throw new HttpFailure(400, String.valueOf(e.getMessage()));
    }
  }

  /** The {@code name} of an object that has nothing else. */
  static String name(String body) throws HttpFailure {
    JsonNode name = object(body).get("name");
    if (name == null || !name.isString()) {
      throw new HttpFailure(400, "the body has no name: give {\"name\": \"HPF\"}");
    }
    return name.stringValue();
  }

  private static JsonNode object(String body) throws HttpFailure {
    try {
      JsonNode json = MAPPER.readTree(body);
      if (json.isObject()) {
        return json;
      }
    } catch (JacksonException e) {
      // Told below.
    }
    throw new HttpFailure(400, "the body is not a JSON object");
  }

  private static @Nullable Integer lingerMicros(JsonNode json) throws HttpFailure {
    Integer micros = integer(json, "lingerMicros");
    if (micros != null && micros < 0) { // One of them is the code of "adaptive".
      throw new HttpFailure(
          400, "lingerMicros is %d: give 0 or more, or \"adaptive\"".formatted(micros));
    }
    return micros;
  }

  private static @Nullable Integer integer(JsonNode json, String name) throws HttpFailure {
    JsonNode value = json.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw new HttpFailure(400, "%s is %s: give a whole number".formatted(name, value));
    }
    return value.intValue();
  }

  private static String sorted() {
    return String.join(", ", NAMES.stream().sorted().toList());
  }
}
