package dev.overtake.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.overtake.bench.harness.Workloads;
import dev.overtake.bench.model.MatMulChain;
import dev.overtake.bench.model.Shape;
import dev.overtake.bench.model.TestRuntime;
import dev.overtake.bench.result.Arrivals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scales of real models that take microseconds, and of the calibration that finds them. */
class ScalingTest {
  private static final BenchRequest.Side SUITES = new BenchRequest.Side(null, null, null);

  @TempDir Path folder;

  private Calibration calibration = new Calibration(TestRuntime.RUNTIME);
  private BenchRequest.Side own;

  @BeforeEach
  void writeModel() throws IOException {
    Path file = folder.resolve("own.onnx");
    Files.write(file, MatMulChain.model(8, 3, 1).proto().toByteArray());
    own = new BenchRequest.Side(file, null, null);
  }

  private Workloads scaled(
      Suite suite,
      Profile profile,
      BenchRequest.Side high,
      @Nullable Double rate,
      BenchRequest.Side low,
      @Nullable Integer passesInFlight) {
    var request =
        new BenchRequest(
            suite,
            profile,
            EnumSet.copyOf(suite.topologies()),
            List.of(),
            1,
            1,
            10,
            high,
            rate,
            Arrivals.POISSON,
            low,
            passesInFlight,
            1,
            false);
    Workloads workloads = new Scaling(request, calibration).workloads();
    workloads.high().model().close();
    if (workloads.low() != null) {
      workloads.low().model().close();
    }
    return workloads;
  }

  @Test
  void seedProfileTakesTheReportsBatchAndRate() {
    Workloads workloads = scaled(Suite.TEST5, Profile.SEED_LIBTORCH, SUITES, null, own, null);
    assertThat(workloads.high().model().inputShape()).isEqualTo(Shape.of(4, 3, 224, 224));
    assertThat(workloads.high().batch()).isEqualTo(4);
    assertThat(workloads.high().ratePerSecond()).isEqualTo(20);
    assertThat(workloads.high().arrivals()).isEqualTo(Arrivals.POISSON);
    assertThat(workloads.low().passesInFlight()).isEqualTo(20);
    assertThat(workloads.low().clients()).isEqualTo(1);
  }

  @Test
  void modelOfFixedBatchIsNotGivenTheProfiles() {
    Workloads workloads = scaled(Suite.TEST5, Profile.SEED_LIBTORCH, own, null, own, null);
    assertThat(workloads.high().model().inputShape()).isEqualTo(Shape.of(8, 8));
    assertThat(workloads.low().model().inputShape()).isEqualTo(Shape.of(8, 8));
  }

  @Test
  void whatIsAskedForOverridesTheProfile() {
    Workloads workloads = scaled(Suite.TEST4, Profile.SEED, own, 123.0, own, 7);
    assertThat(workloads.high().model().name()).endsWith("own.onnx");
    assertThat(workloads.high().ratePerSecond()).isEqualTo(123);
    assertThat(workloads.low().passesInFlight()).isEqualTo(7);
  }

  @Test
  void aTestOfOneSideHasNoLowSide() {
    Workloads workloads = scaled(Suite.TEST1, Profile.DEFAULT, own, null, SUITES, null);
    assertThat(workloads.low()).isNull();
    assertThat(workloads.high().ratePerSecond()).isPositive();
  }

  /** A clock by which a pass takes this long: it goes on whenever it is read. */
  private static LongSupplier clock(AtomicLong reads, double secondsPerPass) {
    return () -> Math.round(reads.getAndIncrement() * secondsPerPass * 1e9);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-5, 1e-3, 0.0019, 0.002, 0.0025, 0.0028, 0.1, 3})
  void defaultProfileKeepsTheHighSideBusyForAFifthToAQuarter(double secondsPerPass) {
    calibration = new Calibration(TestRuntime.RUNTIME, clock(new AtomicLong(), secondsPerPass));
    Workloads workloads = scaled(Suite.TEST1, Profile.DEFAULT, own, null, SUITES, null);
    assertThat(workloads.high().ratePerSecond() * secondsPerPass)
        .isBetween(0.20 - 1e-6, 0.28 + 1e-6);
  }

  @Test
  void passesThatTakeSecondsAreTimedOnlyAFewTimes() {
    var reads = new AtomicLong();
    calibration = new Calibration(TestRuntime.RUNTIME, clock(reads, 1));
    try (var model =
        calibration.fitLowSize(ModelSource.products(1, 1), List.of(16, 8), 1, 1000).model()) {
      assertThat(model.inputShape()).isEqualTo(Shape.of(16, 16));
      // Two passes each to warm up and to time either size, and two by segments of the larger.
      assertThat(reads).hasValue(2 * (2 + 2) * 2 + 2 * 2L * model.segmentCount());
    }
  }

  @Test
  void suitesModelBesideOneOfTheUsersHasASizeOfItsOwn() {
    Workloads workloads = scaled(Suite.TEST4, Profile.DEFAULT, own, null, SUITES, null);
    assertThat(workloads.low().model().segmentCount()).isEqualTo(16);
    assertThat(Suite.TEST4.lowSource(1).sizes())
        .contains(workloads.low().model().inputShape().dimensions().getFirst().intValue());
  }

  @ParameterizedTest
  @CsvSource({
    "0.010, 25,  25", // 25 % busy: as wanted
    "0.010, 20,  20",
    "0.010, 28,  28",
    "0.010, 29,  25", // too busy
    "0.010, 19,  25", // too idle
    "0.001, 10, 250",
    "2.000, 10,   0.125"
  })
  void rateKeepsTheHighSideBusyForAFifthToAQuarter(double pass, double wanted, double rate) {
    assertThat(HighLoad.rate(pass, wanted)).isCloseTo(rate, within(1e-9));
  }

  @ParameterizedTest
  @CsvSource({"1e-3, 1024", "1e9, 64"})
  void highModelIsTheLargestThatLeavesTheDeviceFreeOrTheSmallest(double rate, int size) {
    try (var model = calibration.fitHigh(ModelSource.products(1, 1), 1, rate).model()) {
      assertThat(model.inputShape()).isEqualTo(Shape.of(size, size));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 8", "1000, 64"})
  void lowModelIsTheLargestWithShortCommandsOrTheSmallest(double highSeconds, int size) {
    ModelSource products = ModelSource.products(1, 1);
    try (var model = calibration.fitLow(products, List.of(64, 16, 8), highSeconds).model()) {
      assertThat(model.inputShape()).isEqualTo(Shape.of(size, size));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1000, 64"})
  void lowBatchGrowsWhileCommandsAreShort(double highSeconds, int batch) throws IOException {
    ModelProto.Builder proto = MatMulChain.model(8, 1, 1).proto().toBuilder();
    proto
        .getGraphBuilder()
        .getInputBuilder(0)
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .getDimBuilder(0)
        .setDimParam("batch");
    Path file = Files.write(folder.resolve("batch.onnx"), proto.build().toByteArray());
    ModelSource source = ModelSource.file(file, null);
    Calibration.Fitted fitted = calibration.fitLow(source, source.sizes(), highSeconds);
    try (var model = fitted.model()) {
      assertThat(fitted.batch()).isEqualTo(batch);
      assertThat(model.inputShape()).isEqualTo(Shape.of(batch, 8));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "processor\\t: 0\\n"
            + "model name\\t: Quick CPU @ 2.0GHz\\n"
            + "model name\\t: Other | Quick CPU @ 2.0GHz",
        "processor\\t: 0\\n | ARCH"
      })
  void processorIsNamedAsTheSystemNamesIt(String cpuInfo, String name) throws IOException {
    Path file = folder.resolve("cpuinfo");
    Files.writeString(file, cpuInfo.translateEscapes());
    assertThat(ThisMachine.cpuModel(file))
        .isEqualTo(name.replace("ARCH", System.getProperty("os.arch")));
  }

  @Test
  void processorThatTheSystemDoesNotNameIsItsArchitecture() throws IOException {
    Path file = Files.write(folder.resolve("cpuinfo"), new byte[] {(byte) 0xff, '\n'});
    assertThat(ThisMachine.cpuModel(file)).isEqualTo(System.getProperty("os.arch"));
    assertThat(ThisMachine.cpuModel(folder.resolve("missing")))
        .isEqualTo(System.getProperty("os.arch"));
  }
}
