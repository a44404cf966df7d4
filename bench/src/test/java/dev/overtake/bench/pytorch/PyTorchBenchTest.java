package dev.overtake.bench.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.bench.harness.Experiment;
import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.result.Arrivals;
import dev.overtake.bench.result.Topology;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PyTorchBenchTest {
  private static List<String> parts(double seconds, double referenceSeconds, String... modes) {
    var request =
        new PyTorchRequest(
            "test5",
            "seed",
            "cuda:0",
            "python3",
            null,
            Topology.PROCESSES,
            Stream.of(modes).map(Mode::parse).toList(),
            new Workload(
                false,
                new Workload.High("resnet18", 1, 20, Arrivals.PERIODIC, false),
                new Workload.Low("resnet50", 256, 20, false),
                1),
            3,
            seconds,
            referenceSeconds,
            1);
    return PyTorchBench.parts(request).stream().map(PyTorchBenchTest::text).toList();
  }

  private static String text(Experiment.Part part) {
    return "%s %.0f s".formatted(part.sharing().label(), part.secondsPerRound());
  }

  @Test
  void eachSideIsMeasuredAloneAndUnderTheShimAndBothInEveryMode() {
    assertThat(parts(60, 30, "native", "overtake", "overtake:L1"))
        .containsExactly(
            "high alone 20 s",
            "low alone 3 s",
            "overtake, high alone 10 s",
            "overtake, low alone 3 s",
            "overtake L1, low alone 3 s",
            "processes, baseline 10 s",
            "processes, overtake 20 s",
            "processes, overtake L1 20 s");
  }

  @Test
  void shortTestIsShortForEveryone() {
    assertThat(parts(6, 6, "native"))
        .containsExactly("high alone 2 s", "low alone 2 s", "processes, baseline 2 s");
  }
}
