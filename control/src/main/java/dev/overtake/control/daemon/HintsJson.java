package dev.overtake.control.daemon;

import dev.overtake.control.page.LaunchHints;
import dev.overtake.control.page.PageLayout;
import dev.overtake.control.page.PolicyHints;
import dev.overtake.control.page.QueueHints;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.LatencyTarget;
import dev.overtake.core.policy.Laxity;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads bodies of requests. */
final class HintsJson {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final List<String> NAMES =
      List.of(
          "priority",
          "utilizationPercent",
          "timesliceMicros",
          "deadlineMicros",
          "laxity",
          "windowActive",
          "latencyTarget",
          "level",
          "threshold",
          "batch",
          "inFlightMicros",
          "lingerMicros");
  private static final List<String> LAXITY = List.of("micros", "laxPriority", "criticalPriority");
  private static final List<String> TARGET = List.of("micros", "percentile");

  private HintsJson() {}

  /**
   * An object of the hints that change. A percentage or time of 0 is no longer said; {@code
   * lingerMicros} may be "adaptive".
   */
  static QueueHints hints(String body) throws HttpFailure {
    JsonNode json = object(body);
    try {
      requireNames("hint", json, NAMES);
      var hints = new QueueHints(policy(json), launch(json));
      if (hints.isEmpty()) {
        throw new IllegalArgumentException(
            "the body has no hint: give one of " + String.join(", ", NAMES));
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

  private static PolicyHints policy(JsonNode json) {
    return PolicyHints.NOTHING
        .ifSaid(priority(json, "priority"), PolicyHints::priority)
        .ifSaid(integer(json, "utilizationPercent", 0, 100), PolicyHints::utilizationPercent)
        .ifSaid(nanos(json, "timesliceMicros"), PolicyHints::timesliceNanos)
        .ifSaid(nanos(json, "deadlineMicros"), PolicyHints::deadlineNanos)
        .ifSaid(said(json, "laxity"), HintsJson::laxity)
        .ifSaid(bool(json, "windowActive"), PolicyHints::windowActive)
        .ifSaid(said(json, "latencyTarget"), HintsJson::latencyTarget);
  }

  private static PolicyHints laxity(PolicyHints hints, JsonNode json) {
    requireNames("field of laxity", json, LAXITY);
    Long nanos = nanos(json, "micros");
    if (nanos != null && nanos == 0) {
      return hints.laxity(null);
    }
    Integer lax = priority(json, "laxPriority");
    Integer critical = priority(json, "criticalPriority");
    if (nanos == null || lax == null || critical == null) {
      throw new IllegalArgumentException("laxity has " + String.join(", ", LAXITY) + ": give all");
    }
    return hints.laxity(new Laxity(nanos, lax, critical));
  }

  private static PolicyHints latencyTarget(PolicyHints hints, JsonNode json) {
    requireNames("field of latencyTarget", json, TARGET);
    Long nanos = nanos(json, "micros");
    if (nanos != null && nanos == 0) {
      return hints.latencyTarget(null);
    }
    JsonNode percentile = json.get("percentile");
    if (nanos == null || percentile == null || !percentile.isNumber()) {
      throw new IllegalArgumentException(
          "latencyTarget has micros and percentile: give both, as numbers");
    }
    return hints.latencyTarget(new LatencyTarget(nanos, percentile.doubleValue()));
  }

  private static LaunchHints launch(JsonNode json) {
    return new LaunchHints(
        integer(json, "level", 0, 3),
        integer(json, "threshold", 1, LaunchHints.MAX_THRESHOLD),
        integer(json, "batch", 1, LaunchHints.MAX_THRESHOLD),
        integer(json, "inFlightMicros", 1, LaunchHints.MAX_MICROS),
        lingerMicros(json));
  }

  private static @Nullable Integer lingerMicros(JsonNode json) {
    JsonNode linger = json.get("lingerMicros");
    if (linger != null && linger.isString() && linger.stringValue().equals("adaptive")) {
      return PageLayout.LINGER_ADAPTIVE;
    }
    try {
      return integer(json, "lingerMicros", 0, LaunchHints.MAX_MICROS);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(e.getMessage() + ", or \"adaptive\"", e);
    }
  }

  private static void requireNames(String kind, JsonNode json, List<String> names) {
    if (!json.isObject()) {
      throw new IllegalArgumentException(
          "%s is no object: give one of %s".formatted(json, String.join(", ", names)));
    }
    for (String name : json.propertyNames()) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            "there is no %s '%s': give %s".formatted(kind, name, String.join(", ", names)));
      }
    }
  }

  /** A value that is there, and is not null. */
  private static @Nullable JsonNode said(JsonNode json, String name) {
    JsonNode value = json.get(name);
    return value == null || value.isNull() ? null : value;
  }

  private static @Nullable Integer integer(JsonNode json, String name, int min, int max) {
    Long value = whole(json, name, min, max);
    return value == null ? null : (Integer) Math.toIntExact(value);
  }

  private static @Nullable Integer priority(JsonNode json, String name) {
    return integer(json, name, Hints.MIN_PRIORITY, Hints.MAX_PRIORITY);
  }

  private static @Nullable Long nanos(JsonNode json, String micros) {
    Long value = whole(json, micros, 0, TimeUnit.NANOSECONDS.toMicros(PolicyHints.MAX_NANOS));
    return value == null ? null : (Long) TimeUnit.MICROSECONDS.toNanos(value);
  }

  /** Ranges are those of the hints, and told here in the names and units of the body. */
  private static @Nullable Long whole(JsonNode json, String name, long min, long max) {
    JsonNode value = said(json, name);
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < min
        || value.longValue() > max) {
      throw new IllegalArgumentException(
          "%s is %s: give a whole number from %d to %d".formatted(name, value, min, max));
    }
    return value.longValue();
  }

  private static @Nullable Boolean bool(JsonNode json, String name) {
    JsonNode value = said(json, name);
    if (value != null && !value.isBoolean()) {
      throw new IllegalArgumentException("%s is %s: give true or false".formatted(name, value));
    }
    return value == null ? null : (Boolean) value.booleanValue();
  }
}
