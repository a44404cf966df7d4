package dev.overtake.core.policy;

import java.util.BitSet;

/**
 * What a policy decided: which queues of the snapshot are held, and when it wants to be asked again
 * even if nothing changes. Every queue that is not held may run, the idle ones too: a queue that
 * becomes ready later launches at once or not at all, without a decision in between.
 */
public final class Decision {
  /** No wake-up: ask again when a queue changes. */
  public static final long NEVER = Long.MAX_VALUE;

  private final BitSet held;
  private final long wakeUpNanos;

  private Decision(BitSet held, long wakeUpNanos) {
    this.held = held;
    this.wakeUpNanos = wakeUpNanos;
  }

  /** Everything may run. */
  public static Decision runAll() {
    return new Decision(new BitSet(), NEVER);
  }

  /**
   * Holds the queues whose snapshot indexes are set.
   *
   * @param held copied
   * @param wakeUpNanos on the clock that the policy was given and later than its time now, or
   *     {@link #NEVER}
   */
  public static Decision hold(BitSet held, long wakeUpNanos) {
    return new Decision((BitSet) held.clone(), wakeUpNanos);
  }

  /** Whether the queue at this index of the snapshot has to wait. */
  public boolean isHeld(int index) {
    return held.get(index);
  }

  /** When the policy wants to be asked again, on the clock that it was given, or {@link #NEVER}. */
  public long wakeUpNanos() {
    return wakeUpNanos;
  }
}
