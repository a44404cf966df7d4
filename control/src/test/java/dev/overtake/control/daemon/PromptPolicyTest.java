package dev.overtake.control.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.policy.Decision;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.policy.PolicyRun;
import dev.overtake.core.policy.QueueStatus;
import dev.overtake.core.policy.Snapshot;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A policy that does not return, or throws, and is waited for elsewhere. */
@Timeout(60)
class PromptPolicyTest {
  private static final List<QueueStatus> READY =
      List.of(new QueueStatus(1, "q", "device", 0, 0, true, 0, Hints.NONE));

  private final CountDownLatch mayReturn = new CountDownLatch(1);
  private final List<String> failures = new ArrayList<>();

  /** Holds the queue, once it is let. */
  private final class Slow implements Policy {
    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public String name() {
      return "SLOW";
    }

    @Override
    public Decision schedule(Snapshot snapshot, long nowNanos) {
      asked.incrementAndGet();
      try {
        mayReturn.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      var held = new BitSet();
      held.set(0);
      return Decision.hold(held, nowNanos + 1);
    }
  }

  private PolicyRun run(Policy policy, long patienceNanos) {
    return new PolicyRun(
        new PromptPolicy(policy, policy.name(), patienceNanos),
        (failed, failure) -> failures.add(failed.name() + ": " + failure.getMessage()));
  }

  @Test
  void everythingRunsWhileItDoesNotReturnAndItIsNotAskedAgain() {
    var slow = new Slow();
    PolicyRun run = run(slow, TimeUnit.MILLISECONDS.toNanos(1));

    assertThat(run.decide(READY, 1).isHeld(0)).isFalse();
    assertThat(run.decide(READY, 2).isHeld(0)).isFalse();
    assertThat(slow.asked.get()).isLessThanOrEqualTo(1);
    assertThat(failures).containsExactly("SLOW: it did not decide within 1 ms");
  }

  @Test
  void itHasItsSayAgainOnceItHasReturned() {
    PolicyRun run = run(new Slow(), TimeUnit.MILLISECONDS.toNanos(1));
    assertThat(run.decide(READY, 1).isHeld(0)).isFalse();

    mayReturn.countDown();
    for (long now = 2; !run.decide(READY, now).isHeld(0); now++) {
      Thread.onSpinWait();
    }
  }

  @Test
  void whatItThrowsIsItsFailure() {
    Policy broken =
        new Policy() {
          @Override
          public String name() {
            return "BROKEN";
          }

          @Override
          public Decision schedule(Snapshot snapshot, long nowNanos) {
            throw new StackOverflowError("too deep");
          }
        };

    assertThat(run(broken, Long.MAX_VALUE).decide(READY, 1).isHeld(0)).isFalse();
    assertThat(failures).containsExactly("BROKEN: too deep");
  }
}
