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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A policy that does not return, or throws, and is waited for elsewhere. */
@Timeout(60)
class PromptPolicyTest {
  private static final List<QueueStatus> READY =
      List.of(new QueueStatus(1, "q", "device", 0, 0, true, 0, Hints.NONE));

  private final CountDownLatch mayReturn = new CountDownLatch(1);
  private final List<String> failures = new ArrayList<>();

  /** The times at which it was asked. */
  private final List<Long> seen = new CopyOnWriteArrayList<>();

  private record Mine(LongFunction<Decision> decision) implements Policy {
    @Override
    public String name() {
      return "MINE";
    }

    @Override
    public Decision schedule(Snapshot snapshot, long nowNanos) {
      return decision.apply(nowNanos);
    }
  }

  /** Holds the queue, once it is let. */
  private Decision slow(long nowNanos) {
    seen.add(nowNanos);
    try {
      mayReturn.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    var held = new BitSet();
    held.set(0);
    return Decision.hold(held, Decision.NEVER - 1);
  }

  private PolicyRun run(LongFunction<Decision> decision, long patienceNanos) {
    return new PolicyRun(
        new PromptPolicy(new Mine(decision), patienceNanos),
        (failed, failure) -> failures.add(failed.name() + ": " + failure.getMessage()));
  }

  @Test
  void everythingRunsAndItIsNotAskedAgainUntilItHasReturned() {
    PolicyRun run = run(this::slow, TimeUnit.MILLISECONDS.toNanos(1));

    assertThat(run.decide(READY, 1).isHeld(0)).isFalse();
    assertThat(run.decide(READY, 2).isHeld(0)).isFalse();
    assertThat(failures).containsExactly("MINE: it did not decide within 1 ms");

    mayReturn.countDown();
    for (long now = 3; !run.decide(READY, now).isHeld(0); now++) {
      Thread.onSpinWait();
    }
    assertThat(seen).startsWith(1L).doesNotContain(2L);
  }

  @Test
  void whatItThrowsIsItsFailure() {
    PolicyRun run =
        run(
            now -> {
              throw new StackOverflowError("too deep");
            },
            Long.MAX_VALUE);

    assertThat(run.decide(READY, 1).isHeld(0)).isFalse();
    assertThat(failures).containsExactly("MINE: too deep");
  }
}
