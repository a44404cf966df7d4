package dev.overtake.bench.preemption;

import dev.overtake.core.xqueue.Command;
import java.util.Arrays;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * How long a kind of command takes, launched bare one behind another, and what it has to be told
 * for that: a kernel that spins for so long takes longer, by what the device does between two.
 *
 * @param targetMicros what it was to take
 * @param spinNanos what it is told
 * @param micros what it takes, as measured
 */
record CommandLength(double targetMicros, long spinNanos, double micros) {
  private static final double NANOS_PER_MICRO = 1e3;
  private static final int STEPS = 6;
  private static final double CLOSE_ENOUGH = 0.005;

  /** Bursts of a step, of which the median counts: others use the machine too. */
  private static final int BURSTS = 5;

  private static final double BURST_NANOS = 5e6;
  private static final int LEAST_COMMANDS = 10;

  /** Finds it for commands that are made for a number of nanoseconds. */
  static CommandLength find(
      SpinDevice device, LongFunction<Supplier<? extends Command>> commands, double targetMicros)
      throws InterruptedException {
    double targetNanos = targetMicros * NANOS_PER_MICRO;
    long spin = (long) targetNanos;
    double measured = nanos(device, commands.apply(spin), targetNanos);
    for (int step = 1;
        step < STEPS && Math.abs(measured - targetNanos) > CLOSE_ENOUGH * targetNanos;
        step++) {
      spin = Math.max(0, (long) (spin + targetNanos - measured));
      measured = nanos(device, commands.apply(spin), targetNanos);
    }
    return new CommandLength(targetMicros, spin, measured / NANOS_PER_MICRO);
  }

  /** What one takes. */
  private static double nanos(
      SpinDevice device, Supplier<? extends Command> commands, double targetNanos)
      throws InterruptedException {
    int count = Math.max(LEAST_COMMANDS, (int) (BURST_NANOS / targetNanos));
    var bursts = new double[BURSTS];
    for (int i = 0; i < BURSTS; i++) {
      bursts[i] = (double) device.launchBare(commands, count) / count;
    }
    Arrays.sort(bursts);
    return bursts[BURSTS / 2];
  }
}
