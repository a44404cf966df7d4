package dev.overtake.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PolicyRunTest {
  private static final List<QueueStatus> READY =
      List.of(new QueueStatus(1, "q", "device", 0, 0, true, 0, Hints.NONE));

  private final List<String> failures = new ArrayList<>();

  private record Scripted(BiFunction<Snapshot, Long, @Nullable Decision> script) implements Policy {
    @Override
    public String name() {
      return "SCRIPTED";
    }

    @Override
    @SuppressWarnings("NullAway") // A policy of somebody's own may do that.
    public Decision schedule(Snapshot snapshot, long nowNanos) {
      return script.apply(snapshot, nowNanos);
    }
  }

  private PolicyRun run(BiFunction<Snapshot, Long, @Nullable Decision> script) {
    return new PolicyRun(
        new Scripted(script), (policy, failure) -> failures.add(failure.getMessage()));
  }

  private static Decision hold(int index, long wakeUpNanos) {
    var held = new BitSet();
    held.set(index);
    return Decision.hold(held, wakeUpNanos);
  }

  @Test
  void whatADecisionRemembersIsInTheNextSnapshot() {
    var seen = new ArrayList<@Nullable Object>();
    PolicyRun run =
        run(
            (snapshot, now) -> {
              seen.add(snapshot.memory());
              return Decision.runAll().remembering("at " + now);
            });

    run.decide(READY, 1);
    run.decide(READY, 2);

    assertThat(seen).containsExactly(null, "at 1");
  }

  @Test
  void policyThatFailsHoldsNobodyIsToldOfOnceAndForgets() {
    PolicyRun run =
        run(
            (snapshot, now) -> {
              if (now < 3) {
                throw new IllegalStateException("no");
              }
              return hold(0, 9).remembering(String.valueOf(snapshot.memory()));
            });

    assertThat(run.decide(READY, 1).isHeld(0)).isFalse();
    assertThat(run.decide(READY, 2).isHeld(0)).isFalse();
    Decision third = run.decide(READY, 3);

    assertThat(third.isHeld(0)).isTrue();
    assertThat(third.memory()).isEqualTo("null");
    assertThat(failures).containsExactly("no");
  }

  @Test
  void decisionThatCannotBeCarriedOutIsAFailure() {
    assertThat(run((snapshot, now) -> null).decide(READY, 5).isHeld(0)).isFalse();
    assertThat(run((snapshot, now) -> hold(1, 9)).decide(READY, 5).isHeld(1)).isFalse();
    assertThat(run((snapshot, now) -> hold(0, 5)).decide(READY, 5).isHeld(0)).isFalse();

    assertThat(failures)
        .containsExactly(
            "it decided nothing",
            "it holds queue 1, but there are 1",
            "it wants to be woken 0 ns ago: give a later time than now");
  }

  @Test
  void holdingAllThatIsReadyMustEnd() {
    assertThat(run((snapshot, now) -> hold(0, 9)).decide(READY, 5).isHeld(0)).isTrue();
    assertThat(run((snapshot, now) -> hold(0, Decision.NEVER)).decide(READY, 5).isHeld(0))
        .isFalse();

    assertThat(failures).containsExactly("it holds every queue that is ready, and for ever");
  }
}
