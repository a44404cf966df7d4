package dev.overtake.core.policy;

import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy decided: which queues of the snapshot are held, when it wants to be asked again
 * even if nothing changes, and what it will need to know then. Every queue that is not held may
 * run, the idle ones too: a queue that becomes ready later launches at once or not at all, without
 * a decision in between.
 */
public final class Decision {
  /** No wake-up: ask again when a queue changes. */
  public static final long NEVER = Long.MAX_VALUE;

  private final BitSet held;
  private final long wakeUpNanos;
  private final @Nullable Object memory;

  private Decision(BitSet held, long wakeUpNanos, @Nullable Object memory) {
    this.held = held;
    this.wakeUpNanos = wakeUpNanos;
    this.memory = memory;
  }

  /** Everything may run. */
  public static Decision runAll() {
    return new Decision(new BitSet(), NEVER, null);
  }

  /**
   * Holds the queues whose snapshot indexes are set.
   *
   * @param held copied
   * @param wakeUpNanos on the clock that the policy was given and later than its time now, or
   *     {@link #NEVER}
   */
  public static Decision hold(BitSet held, long wakeUpNanos) {
    return new Decision((BitSet) held.clone(), wakeUpNanos, null);
  }

  /**
   * The same decision, with something that the policy wants to find in the next snapshot.
   *
   * @param memory immutable: the policy may be asked the same question again
   */
  public Decision remembering(Object memory) {
    return new Decision(held, wakeUpNanos, memory);
  }

  /** Whether the queue at this index of the snapshot has to wait. */
  public boolean isHeld(int index) {
    return held.get(index);
  }

  /** A copy of the indexes of all queues that have to wait. */
  public BitSet held() {
    return (BitSet) held.clone();
  }

  /** When the policy wants to be asked again, on the clock that it was given, or {@link #NEVER}. */
  public long wakeUpNanos() {
    return wakeUpNanos;
  }

  /** What the policy wants to find in the next snapshot. */
  public @Nullable Object memory() {
    return memory;
  }

  /**
   * Checks that this decision can be carried out, and that it ends.
   *
   * @throws IllegalStateException if it names a queue that the snapshot does not have, wants to
   *     wake up in the past, or holds every ready queue for ever; the message says which
   */
  void check(Snapshot snapshot, long nowNanos) {
    int queues = snapshot.queues().size();
    if (held.length() > queues) {
      throw new IllegalStateException(
          "it holds queue %d, but there are %d".formatted(held.length() - 1, queues));
    }
    if (wakeUpNanos != NEVER && wakeUpNanos - nowNanos <= 0) {
      throw new IllegalStateException(
          "it wants to be woken %d ns ago: give a later time than now"
              .formatted(nowNanos - wakeUpNanos));
    }
    if (wakeUpNanos == NEVER && holdsAllThatAreReady(snapshot)) {
      throw new IllegalStateException("it holds every queue that is ready, and for ever");
    }
  }

  private boolean holdsAllThatAreReady(Snapshot snapshot) {
    if (held.isEmpty()) {
      return false;
    }
    List<QueueStatus> queues = snapshot.queues();
    for (int i = held.nextClearBit(0); i < queues.size(); i = held.nextClearBit(i + 1)) {
      if (queues.get(i).ready()) {
        return false;
      }
    }
    return held.stream().anyMatch(i -> queues.get(i).ready());
  }
}
