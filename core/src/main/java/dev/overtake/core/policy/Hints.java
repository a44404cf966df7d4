package dev.overtake.core.policy;

/**
 * What the owner of a queue tells the policy about it. Immutable; policies ignore what they have no
 * use for.
 *
 * @param priority larger is more urgent, {@value #MIN_PRIORITY} to {@value #MAX_PRIORITY} (the
 *     range of XSched's priority hint); {@value #DEFAULT_PRIORITY} if never said
 */
public record Hints(int priority) {
  public static final int MIN_PRIORITY = -255;
  public static final int MAX_PRIORITY = 255;
  public static final int DEFAULT_PRIORITY = 0;

  /** The hints of a queue that was given none. */
  public static final Hints NONE = new Hints(DEFAULT_PRIORITY);

  /**
   * @throws IllegalArgumentException if the priority is out of range
   */
  public Hints {
    if (priority < MIN_PRIORITY || priority > MAX_PRIORITY) {
      throw new IllegalArgumentException(
          "priority %d is out of range: give %d to %d"
              .formatted(priority, MIN_PRIORITY, MAX_PRIORITY));
    }
  }

  /** Hints that give a priority and nothing else. */
  public static Hints priority(int priority) {
    return new Hints(priority);
  }
}
