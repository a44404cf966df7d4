package dev.overtake.bench.suite;

import dev.overtake.bench.model.OrtRuntime;
import dev.overtake.bench.model.Pass;
import dev.overtake.bench.model.SegmentedModel;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Fits a test to the machine, so that it asks the same question everywhere: a high side that is
 * busy about a quarter of the time, and batch work in commands that are short beside a request.
 */
final class Calibration {
  /** The longest command of the batch side, as a share of one high request. */
  private static final double LONGEST_COMMAND = 0.125;

  private static final int MOST_BATCH = 64;
  private static final int WARM_UP_PASSES = 5;
  private static final int PASSES = 15;

  /** No pass is begun after this long: a large model is timed by a few passes. */
  private static final double MOST_SECONDS = 2;

  private static final double NANOS_PER_SECOND = 1e9;

  /** A model at a scale that was found, and what a pass through it then takes. */
  record Fitted(SegmentedModel model, int size, int batch, double secondsPerPass) {}

  private final OrtRuntime runtime;
  private final LongSupplier nanoClock;

  Calibration(OrtRuntime runtime) {
    this(runtime, System::nanoTime);
  }

  /** By this clock, which passes are timed with; in nanoseconds from any moment. */
  Calibration(OrtRuntime runtime, LongSupplier nanoClock) {
    this.runtime = runtime;
    this.nanoClock = nanoClock;
  }

  /**
   * The model at the largest size at which so many passes a second leave the device mostly free.
   */
  Fitted fitHigh(ModelSource source, int batch, double ratePerSecond) {
    Fitted fitted = null;
    for (int size : source.sizes()) {
      if (fitted != null) {
        fitted.model().close();
      }
      fitted = measured(source, size, batch);
      if (HighLoad.fits(fitted.secondsPerPass(), ratePerSecond)) {
        return fitted;
      }
    }
    if (fitted == null) {
      throw new IllegalArgumentException("a model source without a size");
    }
    return fitted;
  }

  /**
   * The model at the largest of these sizes, falling, at which its longest command is short beside
   * a high request; at the smallest if it is at none.
   */
  Fitted fitLowSize(ModelSource source, List<Integer> sizes, int batch, double highSecondsPerPass) {
    // From below: beside a request of microseconds, a pass of the largest may take seconds.
    return grown(
        measured(source, sizes.getLast(), batch),
        sizes.reversed().stream().mapToInt(Integer::intValue).skip(1),
        size -> measured(source, size, batch),
        highSecondsPerPass);
  }

  /** That model with the largest batch whose longest command is short beside a high request. */
  Fitted fitLow(ModelSource source, List<Integer> sizes, double highSecondsPerPass) {
    Fitted single = fitLowSize(source, sizes, 1, highSecondsPerPass);
    return grown(
        single,
        source.hasBatch()
            ? IntStream.iterate(2, batch -> batch <= MOST_BATCH, batch -> 2 * batch)
            : IntStream.empty(),
        batch -> measured(source, single.size(), batch),
        highSecondsPerPass);
  }

  /**
   * The model at the last of these rising scales before its commands are no longer short beside a
   * high request; if they are not at the first of them, the smallest model.
   */
  private Fitted grown(
      Fitted smallest, IntStream scales, IntFunction<Fitted> measured, double highSecondsPerPass) {
    Fitted fitted = smallest;
    for (int scale : scales.toArray()) {
      Fitted larger = measured.apply(scale);
      if (!hasShortCommands(larger, highSecondsPerPass)) {
        larger.model().close();
        break;
      }
      fitted.model().close();
      fitted = larger;
    }
    return fitted;
  }

  /** The model at this scale, warmed up and timed. */
  Fitted measured(ModelSource source, int size, int batch) {
    SegmentedModel model = source.load(size, batch, runtime);
    runPasses(model, WARM_UP_PASSES);
    return new Fitted(model, size, batch, medianOf(runPasses(model, PASSES)));
  }

  /** The model at this scale, run once: the first pass is slow, and shows what cannot run. */
  Fitted loaded(ModelSource source, int size, int batch) {
    SegmentedModel model = source.load(size, batch, runtime);
    return new Fitted(model, size, batch, medianOf(runPasses(model, 1)));
  }

  /** The seconds of each pass: so many of them, or fewer if they are long. */
  private double[] runPasses(SegmentedModel model, int count) {
    var seconds = new double[count];
    double total = 0;
    int passes = 0;
    while (passes < count && (passes == 0 || total < MOST_SECONDS)) {
      long start = nanoClock.getAsLong();
      try (Pass pass = model.newPass()) {
        pass.runRemaining();
      }
      seconds[passes] = (nanoClock.getAsLong() - start) / NANOS_PER_SECOND;
      total += seconds[passes++];
    }
    return Arrays.copyOf(seconds, passes);
  }

  private boolean hasShortCommands(Fitted low, double highSecondsPerPass) {
    return longestSegmentSeconds(low.model()) <= LONGEST_COMMAND * highSecondsPerPass;
  }

  private double longestSegmentSeconds(SegmentedModel model) {
    var seconds = new double[model.segmentCount()][PASSES];
    double total = 0;
    int passes = 0;
    for (; passes < PASSES && (passes == 0 || total < MOST_SECONDS); passes++) {
      try (Pass pass = model.newPass()) {
        for (int segment = 0; segment < model.segmentCount(); segment++) {
          long start = nanoClock.getAsLong();
          pass.runSegment(segment);
          seconds[segment][passes] = (nanoClock.getAsLong() - start) / NANOS_PER_SECOND;
          total += seconds[segment][passes];
        }
      }
    }
    int timed = passes;
    return Arrays.stream(seconds)
        .mapToDouble(segment -> medianOf(Arrays.copyOf(segment, timed)))
        .max()
        .orElse(0);
  }

  private static double medianOf(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
