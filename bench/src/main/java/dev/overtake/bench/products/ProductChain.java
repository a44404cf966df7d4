package dev.overtake.bench.products;

import dev.overtake.bench.harness.Inference;
import dev.overtake.bench.harness.InferenceSource;
import dev.overtake.bench.products.ProductDevice.Matrix;
import dev.overtake.core.xqueue.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * A chain of products of square matrices in single precision: X W, X W W and so on, between two
 * buffers. Each product is cut into commands of some rows, so that it can be preempted within.
 *
 * @param edge rows and columns of the matrices
 * @param products in a pass
 * @param rowsPerCommand divides the edge
 * @param weights W, with entries that keep the magnitude of X
 * @param even X, and every second product of it
 * @param odd the products between
 */
record ProductChain(
    ProductDevice.Multiplier multiplier,
    int edge,
    int products,
    int rowsPerCommand,
    Matrix weights,
    Matrix even,
    Matrix odd)
    implements InferenceSource {
  /** Commands are used once, and so are passes; what they compute with is the chain's. */
  private record Pass(List<Command> commands, IntConsumer afterCommands) implements Inference {
    @Override
    public void ended() {
      afterCommands.accept(commands.size());
    }

    @Override
    public void close() {}
  }

  @Override
  public int commandCount() {
    return products * (edge / rowsPerCommand);
  }

  @Override
  public Inference next(IntConsumer afterCommands) {
    var commands = new ArrayList<Command>(commandCount());
    for (int product = 0; product < products; product++) {
      Matrix from = product % 2 == 0 ? even : odd;
      Matrix to = product % 2 == 0 ? odd : even;
      for (int row = 0; row < edge; row += rowsPerCommand) {
        commands.add(multiplier.multiply(row, rowsPerCommand, edge, from, weights, to));
      }
    }
    return new Pass(commands, afterCommands);
  }
}
