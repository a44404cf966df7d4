package dev.overtake.bench.harness;

import dev.overtake.bench.result.Topology;

/**
 * What one run of an experiment looks at: which sides run, and how they share the device.
 *
 * @param topology {@link Topology#NONE} if only one side runs
 * @param mode the baseline if a side runs as it does without a scheduler
 */
public record Sharing(Topology topology, Mode mode, boolean high, boolean low) {
  public static final Sharing HIGH_ALONE = new Sharing(Topology.NONE, Mode.baseline(), true, false);
  public static final Sharing LOW_ALONE = new Sharing(Topology.NONE, Mode.baseline(), false, true);

  /** Both sides beside one another. */
  public static Sharing both(Topology topology, Mode mode) {
    return new Sharing(topology, mode, true, true);
  }

  /** The high side without a low side, scheduled nevertheless: what that costs it. */
  public static Sharing highOnly(Mode mode) {
    return new Sharing(Topology.NONE, mode, true, false);
  }

  /** The low side without a high side, scheduled nevertheless: what that costs it. */
  public static Sharing lowOnly(Mode mode) {
    return new Sharing(Topology.NONE, mode, false, true);
  }

  /** The name in progress messages, such as {@code shared, XQueue (4,2)}. */
  public String label() {
    if (equals(HIGH_ALONE)) {
      return "high alone";
    }
    if (equals(LOW_ALONE)) {
      return "low alone";
    }
    return topology == Topology.NONE ? modeLabel() : topology.label() + ", " + mode.label();
  }

  /** The mode's label, and which side it is if one runs under a shim that both would run under. */
  String modeLabel() {
    if (mode instanceof Mode.Shim && high != low) {
      return mode.label() + (high ? ", high alone" : ", low alone");
    }
    return mode.label();
  }
}
