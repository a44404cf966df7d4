package dev.overtake.bench.preemption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Progress;
import dev.overtake.bench.harness.StopSignal;
import dev.overtake.platform.host.HostCommand;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On the host device and the simulated driver: what is measured and reported, never how fast. */
class PreemptionBenchTest {
  private static final int SAMPLES = 5;

  private static PreemptionRequest request(String device) {
    return new PreemptionRequest(device, List.of(1, 4), 500, SAMPLES, List.of(100, 300), 2, 0.002);
  }

  private static PreemptionResults run(PreemptionRequest request, StopSignal stop)
      throws InterruptedException {
    try (PreemptionBench bench = PreemptionBench.prepare(request)) {
      PreemptionBench.Outcome outcome = outcome(bench, stop);
      assertThat(outcome.failure()).isNull();
      return outcome.results();
    }
  }

  private static PreemptionBench.Outcome outcome(PreemptionBench bench, StopSignal stop)
      throws InterruptedException {
    return bench.run(List.of("overtake"), "test", Clock.systemUTC(), stop, Progress.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "cuda:0"})
  void everyLevelThresholdAndLengthIsMeasured(String device) throws InterruptedException {
    PreemptionResults results = run(request(device), new StopSignal());

    assertThat(results.complete()).isTrue();
    assertThat(results.runs())
        .extracting(PreemptionResults.Latency::label)
        .containsExactly("L1 (1,1)", "L1 (4,2)", "L2 (1,1)", "L2 (4,2)");
    assertThat(results.runs())
        .allSatisfy(
            run -> {
              assertThat(run.samples()).isEqualTo(SAMPLES);
              assertThat(run.broken()).as("commands that ran while suspended").isZero();
              assertThat(run.p99Micros()).isPositive();
            });
    assertThat(results.overhead())
        .extracting(each -> each.level() + " " + each.threshold() + " " + each.commandMicros())
        .containsExactly(
            "L1 1 100",
            "L1 4 100",
            "L2 1 100",
            "L2 4 100",
            "L1 1 300",
            "L1 4 300",
            "L2 1 300",
            "L2 4 300");
    assertThat(results.overhead())
        .allSatisfy(
            each -> {
              assertThat(each.rounds()).isEqualTo(2);
              assertThat(each.overhead()).isBetween(each.least(), each.most());
            });
  }

  @Test
  void whatIsStoppedAtOnceHasNothingAndSaysSo() throws InterruptedException {
    var stop = new StopSignal();
    stop.raise();

    PreemptionResults results = run(request("host"), stop);

    assertThat(results.complete()).isFalse();
    assertThat(results.runs()).isEmpty();
    assertThat(results.overhead()).isEmpty();
  }

  @Test
  void whatWasMeasuredBeforeACommandFailedIsKept() throws InterruptedException {
    try (var bench = new PreemptionBench(request("host"), new FailsInSecondPart())) {
      PreemptionBench.Outcome outcome = outcome(bench, new StopSignal());

      assertThat(outcome.failure()).hasMessageContaining("no longer there");
      assertThat(outcome.results().complete()).isFalse();
      assertThat(outcome.results().runs()).hasSize(4);
      assertThat(outcome.results().overhead()).isEmpty();
    }
  }

  /** One that has no commands of the second part's kind. */
  private static final class FailsInSecondPart extends HostSpinDevice {
    @Override
    public Supplier<HostCommand> spinning(long nanos) {
      throw new IllegalStateException("the device is no longer there");
    }
  }

  @Test
  void aDeviceThatIsNotThereIsTold() {
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> PreemptionBench.prepare(request("cuda:77")))
        .withMessageContaining("cannot be measured on cuda:77: there is no device cuda:77");
  }
}
