package dev.overtake.bench.suite;

import dev.overtake.bench.harness.Workloads;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns a request into workloads: from what was asked, the profile, and calibration. */
final class Scaling {
  private final BenchRequest request;
  private final Profile profile;
  private final Calibration calibration;

  Scaling(BenchRequest request, Calibration calibration) {
    this.request = request;
    this.profile = request.profile();
    this.calibration = calibration;
  }

  Workloads workloads() {
    ModelSource highSource = source(request.high(), suiteHighSource());
    Double askedRate = request.ratePerSecond();
    int highBatch = batch(request.high(), highSource, profile.highBatch());
    double wantedRate =
        askedRate == null ? HighLoad.rateForP99(request.secondsPerMode()) : askedRate;
    Calibration.Fitted high =
        profile.isCalibrated()
            ? calibration.fitHigh(highSource, highBatch, wantedRate)
            : calibration.loaded(highSource, profile.size(highSource), highBatch);
    double rate = askedRate != null ? askedRate : rate(high, wantedRate);
    return new Workloads(
        new Workloads.High(
            high.model(), highSource.itemsPerPass(highBatch), rate, request.arrivals()),
        low(high));
  }

  private double rate(Calibration.Fitted high, double wantedRate) {
    return profile.isCalibrated()
        ? HighLoad.rate(high.secondsPerPass(), wantedRate)
        : profile.ratePerSecond();
  }

  private Workloads.@Nullable Low low(Calibration.Fitted high) {
    ModelSource suiteSource = request.suite().lowSource(request.seed());
    if (suiteSource == null) {
      return null;
    }
    ModelSource source = source(request.low(), suiteSource);
    Integer askedBatch = request.low().batch();
    Calibration.Fitted low;
    if (!profile.isCalibrated()) {
      int size = lowSizes(source, profile.size(suiteHighSource())).getFirst();
      low = calibration.loaded(source, size, batch(request.low(), source, profile.lowBatch()));
    } else {
      List<Integer> sizes = lowSizes(source, high.size());
      low =
          askedBatch != null
              ? calibration.fitLowSize(source, sizes, askedBatch, high.secondsPerPass())
              : calibration.fitLow(source, sizes, high.secondsPerPass());
    }
    return new Workloads.Low(
        low.model(),
        source.itemsPerPass(low.batch()),
        request.suite().lowClients(),
        Objects.requireNonNullElse(
            request.passesInFlight(), request.suite().passesInFlight(profile)));
  }

  private ModelSource suiteHighSource() {
    return request.suite().highSource(request.seed());
  }

  /**
   * The sizes that the low side's model may be loaded at: its only one; the one that goes with the
   * high side's; or any, beside a model of the user's that has no size to go by.
   */
  private List<Integer> lowSizes(ModelSource source, int highSize) {
    return source.sizes().size() == 1 || highSize == ModelSource.ONLY_SIZE
        ? source.sizes()
        : List.of(request.suite().lowSize(highSize));
  }

  /** What was asked for; otherwise what the profile says, if the model takes any batch. */
  private static int batch(BenchRequest.Side asked, ModelSource source, int profiles) {
    return Objects.requireNonNullElse(asked.batch(), source.hasBatch() ? profiles : 1);
  }

  private static ModelSource source(BenchRequest.Side asked, ModelSource suites) {
    return asked.model() == null ? suites : ModelSource.file(asked.model(), asked.shape());
  }
}
