package dev.overtake.bench.result;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The PyTorch that ran the models, as it describes itself.
 *
 * @param python version of the interpreter
 * @param torch version of PyTorch
 * @param torchvision version of the package that the models come from
 * @param cuda version that PyTorch was built for; null on a CPU
 * @param cudnn version of the library; null on a CPU
 * @param driver version of the GPU's driver; null if it does not say
 * @param mps whether NVIDIA's MPS shared the GPU between processes; null if nobody knows
 */
public record PyTorch(
    String python,
    String torch,
    String torchvision,
    @Nullable String cuda,
    @Nullable String cudnn,
    @Nullable String driver,
    @Nullable Boolean mps) {

  /** Checks that nothing is missing. */
  public PyTorch {
    Objects.requireNonNull(python, "python");
    Objects.requireNonNull(torch, "torch");
    Objects.requireNonNull(torchvision, "torchvision");
  }
}
