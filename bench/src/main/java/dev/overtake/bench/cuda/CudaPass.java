package dev.overtake.bench.cuda;

import dev.overtake.bench.harness.Inference;
import dev.overtake.platform.cuda.CudaCommand;
import java.util.List;

/**
 * One pass as commands, which are used once, and so is it. What they compute with lasts.
 *
 * @param afterCommand called for each of them when all have run: when one has, only the device
 *     knows
 */
record CudaPass(List<CudaCommand> commands, Runnable afterCommand) implements Inference {
  @Override
  public void ended() {
    commands.forEach(_ -> afterCommand.run());
  }

  @Override
  public void close() {}
}
