package dev.overtake.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SpanBudgetTest {
  private static final long TARGET = 8_000;

  private final SpanBudget fresh = SpanBudget.of(new LatencyTarget(TARGET, 90));

  @Test
  void firstSpanIsAloneAndAnEighthOfItsRoomIsAllowedToTheNext() {
    assertThat(fresh.grantedNanos()).isZero();
    assertThat(fresh.spanEnded(4_000, 0).grantedNanos()).isEqualTo(500);
  }

  @Test
  void spanThatDidNotUseItsAllowanceUpDoesNotRaiseIt() {
    SpanBudget budget = fresh.spanEnded(4_000, 0);

    assertThat(budget.spanEnded(1_000, 499).grantedNanos()).isEqualTo(500);
    assertThat(budget.spanEnded(4_000, 500).grantedNanos()).isEqualTo(1_000);
  }

  @Test
  void missTakesBackTwiceTheExcessAndALittle() {
    SpanBudget budget = granting(2_000);

    assertThat(budget.spanEnded(TARGET + 100, 2_000).allowanceNanos())
        .isEqualTo(2_000 - 200 - TARGET / 64);
  }

  @Test
  void missThatBatchWorkCannotHaveCausedTakesNothing() {
    SpanBudget budget = granting(2_000);

    assertThat(budget.spanEnded(TARGET + 2_001, 2_000).allowanceNanos()).isEqualTo(2_000);
  }

  @Test
  void overdrawnBudgetGrantsNothingUntilOthersMadeGood() {
    SpanBudget budget = granting(2_000).spanEnded(TARGET + 9_000, 0).spanEnded(TARGET + 9_000, 0);

    assertThat(budget.grantedNanos()).isZero();
    for (int i = 0; i < 20; i++) {
      budget = budget.spanEnded(TARGET, 0);
    }
    assertThat(budget.grantedNanos()).isEqualTo(2_000);
  }

  @Test
  void oneMissIsFree() {
    assertThat(granting(2_000).spanEnded(TARGET + 9_000, 0).grantedNanos()).isEqualTo(2_000);
  }

  /** Whatever batch work costs, and whatever the spans take alone, the excess is bounded. */
  @Property
  void spansMissOnlyAsOftenAsTheyMay(
      @ForAll @DoubleRange(min = 0.05, max = 1) double cost,
      @ForAll @Size(min = 50, max = 50) List<@LongRange(min = 1, max = 8_000) Long> alone) {
    SpanBudget budget = fresh;
    int misses = 0;
    int spans = 0;
    for (int round = 0; round < 10; round++) {
      for (long nanos : alone) {
        // It runs beside others until the allowance is used up or it has ended.
        double besideNanos =
            Math.min((double) budget.grantedNanos(), nanos / (1 - Math.min(cost, 0.99)));
        long lengthNanos = (long) (nanos + cost * besideNanos);
        misses += lengthNanos > TARGET ? 1 : 0;
        spans++;
        budget = budget.spanEnded(lengthNanos, (long) besideNanos);
        assertThat(budget.allowanceNanos()).isBetween(0L, TARGET);
      }
    }
    assertThat(misses).isLessThanOrEqualTo(spans / 10 + 2);
  }

  private SpanBudget granting(long allowanceNanos) {
    return new SpanBudget(fresh.target(), fresh.spans(), fresh.misses(), allowanceNanos);
  }
}
