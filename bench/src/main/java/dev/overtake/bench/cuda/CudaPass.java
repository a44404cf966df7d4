package dev.overtake.bench.cuda;

import dev.overtake.bench.harness.Inference;
import dev.overtake.platform.cuda.CudaCommand;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * One pass as commands, which are used once, and so is it. What they compute with lasts.
 *
 * @param afterCommands told how many they are when all have run: when one has, only the device
 *     knows
 */
record CudaPass(List<CudaCommand> commands, IntConsumer afterCommands) implements Inference {
  @Override
  public void ended() {
    afterCommands.accept(commands.size());
  }

  @Override
  public void close() {}
}
