package dev.overtake.sim.model;

import java.util.List;

/**
 * All that a simulation needs to know. The same scenario gives the same results, to the bit.
 *
 * @param name for people
 * @param seed of everything that is random; each machine and each client draws from a stream of its
 *     own, so that under another policy they meet the same work. A file and the command line give 0
 *     to {@link #MAX_SEED}
 * @param durationNanos of virtual time, warm-up included; above {@code warmUpNanos}
 * @param warmUpNanos from the beginning, not counted in any result; 0 or more
 * @param policy the name of the policy that each machine's scheduler has, or {@link #NO_POLICY}
 * @param decisionDelayNanos from when the policy is asked to when its decision takes effect; 0 or
 *     more
 * @param machines at least one, each with a name of its own
 */
public record Scenario(
    String name,
    long seed,
    long durationNanos,
    long warmUpNanos,
    String policy,
    long decisionDelayNanos,
    List<Machine> machines) {
  /**
   * Nothing is scheduled, as without Overtake: a command is launched as soon as its program comes
   * to it, whatever the {@linkplain Client#inFlight bound in flight}.
   */
  public static final String NO_POLICY = "NONE";

  /** The largest seed that people can give. */
  public static final int MAX_SEED = 999_999_999;

  /**
   * @throws IllegalArgumentException if a value is out of range; the message says what to give
   */
  public Scenario {
    Check.given("a scenario", name);
    Check.given("the policy", policy);
    Check.notNegative("the warm-up", warmUpNanos);
    Check.notNegative("the delay of decisions", decisionDelayNanos);
    if (durationNanos <= warmUpNanos) {
      throw new IllegalArgumentException(
          "the duration is %d ns and the warm-up %d ns: give a longer duration"
              .formatted(durationNanos, warmUpNanos));
    }
    machines = List.copyOf(machines);
    Check.notEmpty("machines", machines);
    Check.distinct("machines", machines, Machine::name);
  }

  /** What is measured: the time after the warm-up. */
  public long measuredNanos() {
    return durationNanos - warmUpNanos;
  }

  /** The same work under another policy. */
  public Scenario withPolicy(String policy) {
    return new Scenario(
        name, seed, durationNanos, warmUpNanos, policy, decisionDelayNanos, machines);
  }

  /** The same with other random numbers. */
  public Scenario withSeed(long seed) {
    return new Scenario(
        name, seed, durationNanos, warmUpNanos, policy, decisionDelayNanos, machines);
  }

  /** The same for so long, warm-up included. */
  public Scenario withDurationNanos(long durationNanos) {
    return new Scenario(
        name, seed, durationNanos, warmUpNanos, policy, decisionDelayNanos, machines);
  }

  /** The same policy over other machines. */
  public Scenario withMachines(List<Machine> machines) {
    return new Scenario(
        name, seed, durationNanos, warmUpNanos, policy, decisionDelayNanos, machines);
  }
}
