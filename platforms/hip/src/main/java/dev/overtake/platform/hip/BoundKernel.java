package dev.overtake.platform.hip;

import dev.overtake.driver.FailureReport;
import dev.overtake.driver.KernelArguments;
import dev.overtake.driver.LaunchShape;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/** A kernel with its arguments, to be launched any number of times. Immutable, thread-safe. */
public final class BoundKernel {
  private final HipKernel kernel;
  private final KernelArguments arguments;

  /** The kernel's module, and what the arguments refer to. */
  private final List<HipResource> resources = new ArrayList<>();

  BoundKernel(HipKernel kernel, KernelArguments arguments, Object... values) {
    this.kernel = kernel;
    this.arguments = arguments;
    resources.add(kernel.module());
    for (Object value : values) {
      if (value instanceof HipResource resource) {
        resources.add(resource);
      }
    }
  }

  /**
   * A command that launches it.
   *
   * @throws IllegalArgumentException if the blocks have more threads than the kernel takes
   */
  public HipCommand launch(LaunchShape shape) {
    kernel.requireLaunchable(shape);
    return new HipCommand(resources) {
      @Override
      void enqueue(HipStream stream, FailureReport failures) {
        try {
          Hip.launchKernel(
              kernel.function(), shape, stream.handle(), arguments.pointers().address());
        } finally {
          Reference.reachabilityFence(arguments);
        }
      }

      @Override
      public String toString() {
        return kernel.toString();
      }
    };
  }
}
