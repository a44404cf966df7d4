package com.example.patient;

import dev.overtake.core.policy.Decision;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.policy.QueueStatus;
import dev.overtake.core.policy.Snapshot;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * PATIENT: batch work, of priority 0 and below, runs on a device once nothing urgent has been ready
 * there for 5 ms. HPF lets it in between any two requests; here those that follow one another
 * closely find the device free.
 */
public final class Patient implements Policy {
  static final long QUIET_NANOS = 5_000_000;

  /** When devices last had urgent work; {@link Long#MAX_VALUE}: at the last decision. */
  private record Memory(Map<String, Long> urgentUntil) {}

  @Override
  public String name() {
    return "PATIENT";
  }

  @Override
  public Decision schedule(Snapshot snapshot, long nowNanos) {
    var urgentUntil = new HashMap<String, Long>();
    if (snapshot.memory() instanceof Memory memory) {
      memory
          .urgentUntil()
          .forEach(
              (device, nanos) -> {
                long until = Math.min(nanos, nowNanos);
                if (nowNanos - until < QUIET_NANOS) {
                  urgentUntil.put(device, until);
                }
              });
    }
    for (QueueStatus queue : snapshot.queues()) {
      if (queue.ready() && queue.hints().priority() > 0) {
        urgentUntil.put(queue.device(), Long.MAX_VALUE);
      }
    }
    var held = new BitSet();
    long wakeUpNanos = Decision.NEVER;
    for (int i = 0; i < snapshot.queues().size(); i++) {
      QueueStatus queue = snapshot.queues().get(i);
      Long until = urgentUntil.get(queue.device());
      if (until != null && queue.hints().priority() <= 0) {
        held.set(i);
        if (until != Long.MAX_VALUE) {
          wakeUpNanos = Math.min(wakeUpNanos, until + QUIET_NANOS);
        }
      }
    }
    return Decision.hold(held, wakeUpNanos).remembering(new Memory(Map.copyOf(urgentUntil)));
  }
}
