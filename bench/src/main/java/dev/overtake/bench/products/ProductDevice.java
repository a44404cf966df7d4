package dev.overtake.bench.products;

import dev.overtake.bench.harness.Stopwatch;
import dev.overtake.bench.harness.Submission;
import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;

/** An open device that multiplies square matrices of floats, as a test asks it to. */
public interface ProductDevice extends AutoCloseable {
  /** The product's name. */
  String name();

  /** What computes the products, for the record, such as {@code cuBLAS}. */
  String library();

  /** Fewer rows of a product than this do not fill its multiplication units. */
  int leastRows();

  /** A matrix of this many rows and columns, with any entries. */
  Matrix allocate(int edge);

  /** A matrix with the entries of {@link RandomEntries}. */
  Matrix random(int edge, long seed) throws InterruptedException;

  /** A command that makes the second matrix, of the same size, equal to the first. */
  Command copy(Matrix from, Matrix to);

  /**
   * Makes what takes the times of commands in any stream of the device.
   *
   * @throws UnsupportedOperationException if it cannot be told how long its commands take
   */
  default Stopwatch newStopwatch() {
    throw new UnsupportedOperationException(
        name() + " does not tell how long commands take: leave them untimed");
  }

  /** Where the device takes commands; each comes from this device's. */
  Stream openStream();

  @Override
  void close();

  /** A matrix of the device. */
  interface Matrix extends AutoCloseable {
    @Override
    void close();
  }

  /** One of its hardware queues. */
  interface Stream extends AutoCloseable {
    /** Opens a queue on it that reaches this level. */
    HwQueue openQueue(PreemptionLevel level);

    /** Opens the way there of a program that knows nothing of queues. */
    Submission openDirect();

    /** What makes products for one client that computes here. */
    Multiplier openMultiplier();

    @Override
    void close();
  }

  /** Makes the commands of one client. */
  interface Multiplier extends AutoCloseable {
    /** A command that computes some rows of the product {@code from} times {@code by}. */
    Command multiply(int firstRow, int rows, int edge, Matrix from, Matrix by, Matrix to);

    @Override
    void close();
  }
}
