package dev.overtake.bench.opencl;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.harness.Progress;
import dev.overtake.bench.harness.StopSignal;
import dev.overtake.bench.products.ProductDevice.Matrix;
import dev.overtake.bench.products.ProductDevice.Multiplier;
import dev.overtake.bench.products.ProductDevice.Stream;
import dev.overtake.bench.products.ProductRequest;
import dev.overtake.bench.products.RandomEntries;
import dev.overtake.bench.result.Arrivals;
import dev.overtake.bench.result.Topology;
import dev.overtake.bench.suite.Bench;
import dev.overtake.bench.suite.Suite;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.platform.opencl.OpenClDevice;
import dev.overtake.platform.opencl.OpenClUnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is computed, run and reported, never how fast; skipped where there is no OpenCL device. */
class OpenClBenchTest {
  private static final List<Mode> MODES =
      List.of(
          Mode.baseline(),
          Mode.queues(4, 2, PreemptionLevel.L1),
          Mode.queues(16, 8, PreemptionLevel.L2));

  private static OpenClDevice device() {
    try {
      return OpenClDevice.named("opencl:0");
    } catch (OpenClUnavailableException e) {
      return abort("skipped: " + e.getMessage());
    }
  }

  private static ProductRequest request(String device) {
    return new ProductRequest(
        Suite.TEST4,
        device,
        EnumSet.of(Topology.SHARED, Topology.SEPARATE),
        MODES,
        1,
        0.5,
        40,
        20.0,
        Arrivals.PERIODIC,
        1,
        1,
        false);
  }

  @Test
  void bothSidesRunInEveryModeAndTopologyThatThereIs() throws InterruptedException {
    try (Bench bench = OpenClBench.prepare(request(device().label()))) {
      Bench.Outcome outcome =
          bench.run(List.of(), "test", Clock.systemUTC(), new StopSignal(), Progress.NONE);
      assertThat(outcome.failure()).isNull();
      assertThat(outcome.results().complete()).isTrue();
      assertThat(outcome.results().runs())
          .extracting(run -> run.topology().label() + ": " + run.mode())
          .containsExactlyInAnyOrder(
              "none: standalone-high",
              "none: standalone-low",
              "separate: baseline",
              "separate: XQueue (4,2)",
              "separate: XQueue (16,8) L2",
              "shared: baseline",
              "shared: XQueue (4,2)");
    }
  }

  /** Of a size that no tile divides, in commands of rows that none divides either. */
  @Test
  void productsAreRight() throws InterruptedException {
    int edge = 40;
    int rows = 10;
    try (OpenClProducts products = OpenClProducts.open(device());
        Stream stream = products.openStream();
        Multiplier multiplier = stream.openMultiplier();
        XQueue queue = XQueue.on(stream.openQueue(PreemptionLevel.L1)).open();
        Matrix a = products.random(edge, 1);
        Matrix b = products.random(edge, 2);
        Matrix c = products.allocate(edge);
        Arena arena = Arena.ofShared()) {
      for (int row = 0; row < edge; row += rows) {
        queue.submit(multiplier.multiply(row, rows, edge, a, b, c));
      }
      MemorySegment result = arena.allocate(JAVA_FLOAT, (long) edge * edge);
      queue.submit(products.read(c, result));
      queue.awaitAll();
      assertThat(result.toArray(JAVA_FLOAT)).containsExactly(expected(edge, arena), within(1e-5f));
    }
  }

  private static float[] expected(int edge, Arena arena) {
    MemorySegment a = arena.allocate(JAVA_FLOAT, (long) edge * edge);
    MemorySegment b = arena.allocate(JAVA_FLOAT, (long) edge * edge);
    RandomEntries.fill(a, edge, 1);
    RandomEntries.fill(b, edge, 2);
    var product = new float[edge * edge];
    for (int i = 0; i < product.length; i++) {
      for (int k = 0; k < edge; k++) {
        product[i] +=
            a.getAtIndex(JAVA_FLOAT, i / edge * edge + k)
                * b.getAtIndex(JAVA_FLOAT, k * edge + i % edge);
      }
    }
    return product;
  }

  @Test
  void aDeviceThatIsNotThereIsTold() {
    device();
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> OpenClBench.prepare(request("opencl:77")))
        .withMessageContaining("the test cannot be run on opencl:77: there is no device opencl:77");
  }
}
