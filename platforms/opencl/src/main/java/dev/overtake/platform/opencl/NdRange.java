package dev.overtake.platform.opencl;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * How many work items a kernel is launched with, in one to three dimensions, and how many of them
 * form a work group. Immutable: it lies in native memory, so a launch copies nothing.
 */
public final class NdRange {
  private static final int MOST_DIMENSIONS = 3;

  private final int dimensions;
  private final MemorySegment global;
  private final MemorySegment local;

  private NdRange(long[] global, long[] local) {
    if (global.length < 1 || global.length > MOST_DIMENSIONS) {
      throw new IllegalArgumentException(
          "%d dimensions: give one to three".formatted(global.length));
    }
    if (local.length != 0 && local.length != global.length) {
      throw new IllegalArgumentException(
          "work groups of %s for items of %s: give as many dimensions"
              .formatted(Arrays.toString(local), Arrays.toString(global)));
    }
    dimensions = global.length;
    this.global = Arena.ofAuto().allocateFrom(JAVA_LONG, global);
    this.local =
        local.length == 0 ? MemorySegment.NULL : Arena.ofAuto().allocateFrom(JAVA_LONG, local);
  }

  /** In work groups of the driver's choice. */
  public static NdRange of(long... items) {
    return new NdRange(items, new long[0]);
  }

  /** In work groups of this size, which divides the items in each dimension. */
  public NdRange inGroupsOf(long... items) {
    return new NdRange(global.toArray(JAVA_LONG), items);
  }

  int dimensions() {
    return dimensions;
  }

  long global() {
    return global.address();
  }

  long local() {
    return local.address();
  }
}
