package dev.overtake.bench.result;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The machine that measured.
 *
 * @param cpuModel the processor's name as the system gives it
 * @param logicalCores processors that this JVM may use
 * @param memoryBytes physical memory, or the container's limit where there is one
 * @param operatingSystem name and kernel version
 * @param javaVm name and version of the virtual machine
 * @param deviceName name of the accelerator
 * @param deviceThreads threads of a device that is made of CPU; 0 for one that is not
 * @param pytorch the PyTorch that ran the models; null where another runner did
 */
public record Machine(
    String cpuModel,
    int logicalCores,
    long memoryBytes,
    String operatingSystem,
    String javaVm,
    String deviceName,
    int deviceThreads,
    @Nullable PyTorch pytorch) {

  /** Checks that nothing is missing and no count is negative. */
  public Machine {
    Objects.requireNonNull(cpuModel, "cpuModel");
    Objects.requireNonNull(operatingSystem, "operatingSystem");
    Objects.requireNonNull(javaVm, "javaVm");
    Objects.requireNonNull(deviceName, "deviceName");
    Require.count("logicalCores", logicalCores);
    Require.count("memoryBytes", memoryBytes);
    Require.count("deviceThreads", deviceThreads);
  }
}
