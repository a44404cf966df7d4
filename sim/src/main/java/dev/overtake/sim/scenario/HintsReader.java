package dev.overtake.sim.scenario;

import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.LatencyTarget;
import dev.overtake.core.policy.Laxity;

/** How hints are written. */
final class HintsReader {
  private static final double DEFAULT_PERCENTILE = 99;

  private HintsReader() {}

  static Hints read(Value value) {
    Fields fields =
        value.fields(
            "priority", "utilization", "timeslice", "deadline", "laxity", "window", "target");
    return new Hints(
        fields.find("priority").map(HintsReader::priority).orElse(Hints.DEFAULT_PRIORITY),
        fields.find("utilization").map(HintsReader::utilization).orElse(0),
        fields.find("timeslice").map(Units::nanosAboveZero).orElse(0L),
        fields.find("deadline").map(Units::nanosAboveZero).orElse(0L),
        fields.find("laxity").map(HintsReader::laxity).orElse(null),
        fields.find("window").map(HintsReader::windowActive).orElse(false),
        fields.find("target").map(HintsReader::target).orElse(null));
  }

  private static int priority(Value value) {
    return Units.integer(value, Hints.MIN_PRIORITY, Hints.MAX_PRIORITY);
  }

  private static int utilization(Value value) {
    double percent = Units.percent(value);
    if (percent != Math.rint(percent)) {
      throw value.wrong("a whole percentage from 1 to 100, such as 75%");
    }
    return (int) percent;
  }

  private static Laxity laxity(Value value) {
    Fields fields = value.fields("time", "lax", "critical");
    return value.checked(
        () ->
            new Laxity(
                Units.nanosAboveZero(fields.require("time")),
                priority(fields.require("lax")),
                priority(fields.require("critical"))));
  }

  private static boolean windowActive(Value value) {
    String expected = "active or background";
    return switch (value.text(expected)) {
      case "active" -> true;
      case "background" -> false;
      default -> throw value.wrong(expected);
    };
  }

  private static LatencyTarget target(Value value) {
    Fields fields = value.fields("latency", "percentile");
    return value.checked(
        () ->
            new LatencyTarget(
                Units.nanosAboveZero(fields.require("latency")),
                fields.find("percentile").map(Units::percent).orElse(DEFAULT_PERCENTILE)));
  }
}
