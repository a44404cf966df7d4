package dev.overtake.sim.engine;

import dev.overtake.sim.model.Device;

/** Counts what a device does, on one machine after the other. */
final class DeviceStatistics {
  private final long fromNanos;
  private long busyNanos;
  private long handOverNanos;
  private long handOvers;
  private long interruptions;

  /**
   * @param fromNanos when the warm-up is over
   */
  DeviceStatistics(long fromNanos) {
    this.fromNanos = fromNanos;
  }

  /** How much of a time is after the warm-up. */
  static long measured(long begin, long end, long from) {
    return Math.max(0, end - Math.max(begin, from));
  }

  void ran(long begin, long end) {
    busyNanos += measured(begin, end, fromNanos);
  }

  void handOver(long now) {
    if (now >= fromNanos) {
      handOvers++;
    }
  }

  void handingOver(long begin, long end) {
    handOverNanos += measured(begin, end, fromNanos);
  }

  void interrupted(long now) {
    if (now >= fromNanos) {
      interruptions++;
    }
  }

  DeviceResult result(Device device, int machines, long measuredNanos) {
    double engineNanos = (double) measuredNanos * device.engines() * machines;
    return new DeviceResult(
        device.name(),
        machines,
        busyNanos / engineNanos,
        busyNanos,
        handOverNanos,
        handOvers,
        interruptions);
  }
}
