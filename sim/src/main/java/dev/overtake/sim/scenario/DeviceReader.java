package dev.overtake.sim.scenario;

import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.sim.model.Device;
import dev.overtake.sim.model.Sharing;

/** How devices are written. */
final class DeviceReader {
  private static final int MOST_ENGINES = 1024;
  private static final int DEEPEST = 1_000_000;

  private DeviceReader() {}

  static Device read(Value value) {
    Fields fields =
        value.fields(
            "name", "engines", "level", "sharing", "hand-over", "launch-overhead", "queue-depth");
    return value.checked(
        () ->
            new Device(
                fields.require("name").text("a name"),
                fields
                    .find("engines")
                    .map(engines -> Units.integer(engines, 1, MOST_ENGINES))
                    .orElse(1),
                fields.find("level").map(DeviceReader::level).orElse(PreemptionLevel.L1),
                fields
                    .find("sharing")
                    .map(DeviceReader::sharing)
                    .orElseGet(Sharing.CommandTurns::new),
                fields.find("hand-over").map(Units::nanos).orElse(0L),
                fields.find("launch-overhead").map(Units::nanos).orElse(0L),
                fields
                    .find("queue-depth")
                    .map(depth -> Units.integer(depth, 1, DEEPEST))
                    .orElse(Device.DRIVERS_QUEUE_DEPTH)));
  }

  private static PreemptionLevel level(Value value) {
    String expected = "L1, L2 or L3";
    return switch (value.text(expected)) {
      case "L1" -> PreemptionLevel.L1;
      case "L2" -> PreemptionLevel.L2;
      case "L3" -> PreemptionLevel.L3;
      default -> throw value.wrong(expected);
    };
  }

  private static Sharing sharing(Value value) {
    if (value.isMapping()) {
      Fields fields = value.fields("time-slices");
      return new Sharing.TimeSlices(Units.nanosAboveZero(fields.require("time-slices")));
    }
    String expected = "fifo, turns, or {time-slices: TIME}";
    return switch (value.text(expected)) {
      case "fifo" -> new Sharing.Fifo();
      case "turns" -> new Sharing.CommandTurns();
      default -> throw value.wrong(expected);
    };
  }
}
