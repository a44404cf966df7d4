package dev.overtake.bench.suite;

/**
 * Where a test's scale comes from.
 *
 * <p>How far ahead the batch loop submits is part of the scale. The report's Python loop waits for
 * each pass; its LibTorch loop does not: a median latency of 187 ms beside passes of 10 ms is a
 * queue of about 19 passes.
 */
public enum Profile {
  /** Calibrated to the machine; the batch loop is asynchronous. */
  DEFAULT("default", 0, 1, 1, 0, 20),
  /** The report's Python figures: batch 1 at 20 requests/s beside batch 256. */
  SEED("seed", 20, 1, 256, 224, 1),
  /** The report's LibTorch figures: batch 4 at 20 requests/s beside batch 16. */
  SEED_LIBTORCH("seed-libtorch", 20, 4, 16, 224, 20);

  private final String label;
  private final double ratePerSecond;
  private final int highBatch;
  private final int lowBatch;
  private final int imageSize;
  private final int passesInFlight;

  Profile(
      String label,
      double ratePerSecond,
      int highBatch,
      int lowBatch,
      int imageSize,
      int passesInFlight) {
    this.label = label;
    this.ratePerSecond = ratePerSecond;
    this.highBatch = highBatch;
    this.lowBatch = lowBatch;
    this.imageSize = imageSize;
    this.passesInFlight = passesInFlight;
  }

  /** As it is typed. */
  @Override
  public String toString() {
    return label;
  }

  /** Whether rate, sizes and the low side's batch follow from the machine. */
  boolean isCalibrated() {
    return this == DEFAULT;
  }

  /** Requests a second. */
  public double ratePerSecond() {
    return ratePerSecond;
  }

  /** Images in a request. */
  public int highBatch() {
    return highBatch;
  }

  /** Images in a pass of the batch loop. */
  public int lowBatch() {
    return lowBatch;
  }

  /**
   * The size of a source's model that the report used; the source's only one if it has no other.
   */
  int size(ModelSource source) {
    int largest = source.sizes().getFirst();
    return source instanceof ModelSource.Network ? imageSize : largest;
  }

  /** How many passes the batch loop submits ahead; 1 waits for each. */
  public int passesInFlight() {
    return passesInFlight;
  }
}
