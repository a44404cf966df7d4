package dev.overtake.control.page;

/**
 * What somebody changes about a queue.
 *
 * @param policy what its policy is told
 * @param launch how its commands are launched
 */
public record QueueHints(PolicyHints policy, LaunchHints launch) {
  /** Changes nothing about how it is launched. */
  public static QueueHints of(PolicyHints policy) {
    return new QueueHints(policy, LaunchHints.NOTHING);
  }

  /** Changes nothing of what the policy is told. */
  public static QueueHints of(LaunchHints launch) {
    return new QueueHints(PolicyHints.NOTHING, launch);
  }

  /** Hints that change nothing but the priority. */
  public static QueueHints priority(int priority) {
    return of(PolicyHints.NOTHING.priority(priority));
  }

  /** Whether they change nothing. */
  public boolean isEmpty() {
    return policy.changed().isEmpty() && launch.equals(LaunchHints.NOTHING);
  }
}
