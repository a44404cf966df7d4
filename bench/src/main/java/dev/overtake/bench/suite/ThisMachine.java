package dev.overtake.bench.suite;

import com.sun.management.OperatingSystemMXBean;
import dev.overtake.bench.result.Machine;
import dev.overtake.bench.result.PyTorch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Describes the machine that measures. */
public final class ThisMachine {
  private ThisMachine() {}

  /**
   * The machine that this JVM runs on.
   *
   * @param device name of the accelerator
   * @param deviceThreads see {@link Machine#deviceThreads()}
   * @param pytorch see {@link Machine#pytorch()}
   */
  public static Machine describe(String device, int deviceThreads, @Nullable PyTorch pytorch) {
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Machine(
        cpuModel(Path.of("/proc/cpuinfo")),
        Runtime.getRuntime().availableProcessors(),
        system.getTotalMemorySize(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
        device,
        deviceThreads,
        pytorch);
  }

  /**
   * The processor's name on Linux; elsewhere only its architecture is to be had without asking a
   * program.
   */
  static String cpuModel(Path cpuInfo) {
    try (Stream<String> lines = Files.lines(cpuInfo)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException | UncheckedIOException e) {
      return System.getProperty("os.arch");
    }
  }
}
