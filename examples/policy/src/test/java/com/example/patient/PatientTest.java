package com.example.patient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overtake.core.policy.Decision;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.QueueStatus;
import dev.overtake.core.policy.Snapshot;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A policy is a pure function, and so needs no device, no thread and no clock to be tested. */
class PatientTest {
  private static final int BATCH = 0;
  private static final int SERVE = 1;

  private final Patient policy = new Patient();

  private Decision decide(boolean serving, Object memory, long nowNanos) {
    var batch = new QueueStatus(1, "train", "gpu", 100, 0, true, 0, Hints.NONE);
    var serve = new QueueStatus(2, "serve", "gpu", 200, 0, serving, 0, Hints.priority(10));
    return policy.schedule(new Snapshot(List.of(batch, serve), memory), nowNanos);
  }

  @Test
  void batchWorkWaitsForQuiet() {
    Decision during = decide(true, null, 1_000);
    assertTrue(during.isHeld(BATCH));
    assertFalse(during.isHeld(SERVE));

    Decision after = decide(false, during.memory(), 2_000);
    assertTrue(after.isHeld(BATCH));
    assertEquals(2_000 + Patient.QUIET_NANOS, after.wakeUpNanos());

    Decision quiet = decide(false, after.memory(), after.wakeUpNanos());
    assertFalse(quiet.isHeld(BATCH));
    assertEquals(Decision.NEVER, quiet.wakeUpNanos());
  }

  @Test
  void batchWorkAloneRuns() {
    assertFalse(decide(false, null, 1_000).isHeld(BATCH));
  }
}
