package dev.overtake.bench.cuda;

import dev.overtake.bench.harness.Inference;
import dev.overtake.bench.harness.InferenceSource;
import dev.overtake.platform.cuda.Cublas;
import dev.overtake.platform.cuda.CudaCommand;
import dev.overtake.platform.cuda.DeviceBuffer;
import java.util.ArrayList;
import java.util.List;

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
    Cublas cublas,
    int edge,
    int products,
    int rowsPerCommand,
    DeviceBuffer weights,
    DeviceBuffer even,
    DeviceBuffer odd)
    implements InferenceSource {
  /** Commands are used once, and so are passes; what they compute with is the chain's. */
  private record Pass(List<CudaCommand> commands, Runnable afterCommand) implements Inference {
    @Override
    public void ended() {
      commands.forEach(_ -> afterCommand.run());
    }

    @Override
    public void close() {}
  }

  @Override
  public int commandCount() {
    return products * (edge / rowsPerCommand);
  }

  @Override
  public Inference next(Runnable afterCommand) {
    var commands = new ArrayList<CudaCommand>(commandCount());
    for (int product = 0; product < products; product++) {
      DeviceBuffer from = product % 2 == 0 ? even : odd;
      DeviceBuffer to = product % 2 == 0 ? odd : even;
      for (int row = 0; row < edge; row += rowsPerCommand) {
        commands.add(cublas.multiply(row, rowsPerCommand, edge, edge, from, weights, to));
      }
    }
    return new Pass(commands, afterCommand);
  }
}
