package dev.overtake.bench.suite;

import dev.overtake.bench.harness.Workloads;
import dev.overtake.bench.result.HighResult;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns a request into workloads: from what was asked, the profile, and calibration. */
final class Scaling {
  /** A few more than needed, since a random phase may cost one request a round. */
  private static final double WANTED_SAMPLES = 1.02 * HighResult.SAMPLES_FOR_P99;

  private final BenchRequest request;
  private final Profile profile;
  private final Calibration calibration;

  Scaling(BenchRequest request, Calibration calibration) {
    this.request = request;
    this.profile = request.profile();
    this.calibration = calibration;
  }

  Workloads workloads() {
    ModelSource highSource = source(request.high(), request.suite().highSource(request.seed()));
    Double askedRate = request.ratePerSecond();
    int highBatch = Objects.requireNonNullElse(request.high().batch(), profile.highBatch());
    double wantedRate = askedRate == null ? WANTED_SAMPLES / request.secondsPerMode() : askedRate;
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
        ? Calibration.rate(high.secondsPerPass(), wantedRate)
        : profile.ratePerSecond();
  }

  private Workloads.@Nullable Low low(Calibration.Fitted high) {
    ModelSource suiteSource = request.suite().lowSource(request.seed());
    if (suiteSource == null) {
      return null;
    }
    ModelSource source = source(request.low(), suiteSource);
    int size =
        source.sizes().size() == 1
            ? source.sizes().getFirst()
            : request.suite().lowSize(high.size());
    Integer askedBatch = request.low().batch();
    Calibration.Fitted low;
    if (askedBatch != null) {
      low = calibration.loaded(source, size, askedBatch);
    } else if (profile.isCalibrated()) {
      low = calibration.fitLow(source, size, high.secondsPerPass());
    } else {
      low = calibration.loaded(source, size, source.hasBatch() ? profile.lowBatch() : 1);
    }
    return new Workloads.Low(
        low.model(),
        source.itemsPerPass(low.batch()),
        request.suite().lowClients(),
        Objects.requireNonNullElse(
            request.passesInFlight(), request.suite().passesInFlight(profile)));
  }

  private static ModelSource source(BenchRequest.Side asked, ModelSource suites) {
    return asked.model() == null ? suites : ModelSource.file(asked.model(), asked.shape());
  }
}
