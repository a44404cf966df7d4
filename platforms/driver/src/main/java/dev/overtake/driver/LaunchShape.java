package dev.overtake.driver;

/**
 * How many threads a kernel is launched with: a grid of blocks of threads, each in up to three
 * dimensions, all at least 1.
 *
 * @param sharedBytes dynamic shared memory of each block, at least 0
 */
public record LaunchShape(
    int gridX, int gridY, int gridZ, int blockX, int blockY, int blockZ, int sharedBytes) {
  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public LaunchShape {
    if (gridX < 1 || gridY < 1 || gridZ < 1 || blockX < 1 || blockY < 1 || blockZ < 1) {
      throw new IllegalArgumentException(
          "a launch of (%d,%d,%d) blocks of (%d,%d,%d) threads: each must be at least 1"
              .formatted(gridX, gridY, gridZ, blockX, blockY, blockZ));
    }
    if (sharedBytes < 0) {
      throw new IllegalArgumentException(
          "%d bytes of shared memory: it must be at least 0".formatted(sharedBytes));
    }
  }

  /** A row of blocks, each a row of threads. */
  public static LaunchShape of(int blocks, int threadsPerBlock) {
    return new LaunchShape(blocks, 1, 1, threadsPerBlock, 1, 1, 0);
  }

  /** As many blocks in a row as it takes for so many threads altogether. */
  public static LaunchShape covering(long threads, int threadsPerBlock) {
    return of(Math.toIntExact(Math.ceilDiv(threads, threadsPerBlock)), threadsPerBlock);
  }

  /** The same with so many bytes of dynamic shared memory for each block. */
  public LaunchShape withSharedBytes(int bytes) {
    return new LaunchShape(gridX, gridY, gridZ, blockX, blockY, blockZ, bytes);
  }

  /** Threads of one block. */
  public long threadsPerBlock() {
    return (long) blockX * blockY * blockZ;
  }
}
