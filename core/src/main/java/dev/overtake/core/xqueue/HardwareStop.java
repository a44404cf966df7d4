package dev.overtake.core.xqueue;

import org.jspecify.annotations.Nullable;

/**
 * How far a hardware queue has been stopped. It moves between the levels one step at a time, in the
 * nested order that {@link HwQueue} promises, so that a queue may change its level while it is
 * stopped. Confined to its queue's lock.
 */
final class HardwareStop {
  private final HwQueue hwQueue;
  private boolean deactivated;
  private boolean interrupted;

  HardwareStop(HwQueue hwQueue) {
    this.hwQueue = hwQueue;
  }

  /** Stops the hardware queue at this level; null lets it run. */
  void moveTo(@Nullable PreemptionLevel level) {
    boolean deactivate = level != null && level.compareTo(PreemptionLevel.L2) >= 0;
    boolean interrupt = level == PreemptionLevel.L3;
    if (deactivate && !deactivated) {
      hwQueue.deactivate();
      deactivated = true;
    }
    if (interrupt && !interrupted) {
      hwQueue.interrupt();
      interrupted = true;
    }
    if (!interrupt && interrupted) {
      hwQueue.restore();
      interrupted = false;
    }
    if (!deactivate && deactivated) {
      hwQueue.reactivate();
      deactivated = false;
    }
  }

  /** Whether what is in flight stands still, but for what the platform lets run on. */
  boolean isDeactivated() {
    return deactivated;
  }
}
