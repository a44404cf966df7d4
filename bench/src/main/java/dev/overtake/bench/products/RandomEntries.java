package dev.overtake.bench.products;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Random;

/** What matrices are filled with. */
public final class RandomEntries {
  private RandomEntries() {}

  /**
   * Fills a square matrix with random entries, not zeros: a device computes with zeros at less
   * power, and faster. Its product with another keeps that one's magnitude, so that no chain of
   * products overflows.
   */
  public static void fill(MemorySegment matrix, int edge, long seed) {
    float scale = (float) Math.sqrt(3.0 / edge); // Uniform in ±1, variance 1/3.
    var random = new Random(seed);
    for (long i = 0; i < (long) edge * edge; i++) {
      matrix.setAtIndex(JAVA_FLOAT, i, scale * (2 * random.nextFloat() - 1));
    }
  }
}
