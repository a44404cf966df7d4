package dev.overtake.microbench;

import java.lang.management.ManagementFactory;

/**
 * Where figures were taken, as far as the JVM can tell.
 *
 * @param os name, version and architecture
 * @param processors as many as this JVM may use
 * @param java the virtual machine and its version
 * @param loadAverage of the last minute, when this was read; negative if the system has none
 */
record Machine(String os, int processors, String java, double loadAverage) {
  static Machine here() {
    var system = ManagementFactory.getOperatingSystemMXBean();
    var runtime = ManagementFactory.getRuntimeMXBean();
    return new Machine(
        "%s %s %s".formatted(system.getName(), system.getVersion(), system.getArch()),
        system.getAvailableProcessors(),
        "%s %s".formatted(runtime.getVmName(), runtime.getVmVersion()),
        system.getSystemLoadAverage());
  }
}
