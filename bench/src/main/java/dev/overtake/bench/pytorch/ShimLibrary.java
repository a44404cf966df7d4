package dev.overtake.bench.pytorch;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Mode;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The library that programs are scheduled by when it is preloaded into them.
 *
 * @param file where it is, absolute
 */
record ShimLibrary(Path file) {
  private static final String PRELOAD = "LD_PRELOAD";

  /**
   * The environment of a program under the shim.
   *
   * @param priority of the process; larger is more urgent
   */
  Map<String, String> environment(Mode.Shim mode, int priority) {
    var environment = new LinkedHashMap<String, String>();
    String others = System.getenv().getOrDefault(PRELOAD, "");
    environment.put(PRELOAD, others.isEmpty() ? file.toString() : file + ":" + others);
    environment.put("OVERTAKE_DISABLE", "");
    environment.put("OVERTAKE_PRIORITY", Integer.toString(priority));
    PreemptionLevel level = mode.level();
    environment.put("OVERTAKE_LEVEL", level == null ? "0" : level.name().substring(1));
    LaunchConfig config = mode.launchConfig();
    if (config != null) {
      environment.put("OVERTAKE_THRESHOLD", Integer.toString(config.thresholdCommands()));
      environment.put("OVERTAKE_BATCH", Integer.toString(config.batchCommands()));
    } else if (mode.inFlightMicros() != null) {
      environment.put("OVERTAKE_IN_FLIGHT_US", Integer.toString(mode.inFlightMicros()));
    }
    return environment;
  }

  /** The environment of a program that runs without the shim, even if this JVM is under it. */
  static Map<String, String> noShim() {
    return Map.of("OVERTAKE_DISABLE", "1");
  }

  /**
   * Checks that a program is scheduled by the library. It runs on where it is not: a linker that
   * cannot load the library writes a line, and so does a library that cannot begin.
   *
   * @throws LoadException if it is not
   */
  void requireAtWorkIn(Worker worker, Worker.Ready ready) {
    if (ready.scheduled()) {
      return;
    }
    if (!isLoadedIn(ready.pid())) {
      throw new LoadException(
          "worker %s runs without the shim %s: see 'LD_PRELOAD=%s true'"
              .formatted(worker.name(), file, file),
          null);
    }
    throw new LoadException(
        "the shim %s is not at work in worker %s; it says: %s"
            .formatted(file, worker.name(), String.join("; ", worker.saidByShim())),
        null);
  }

  private boolean isLoadedIn(long pid) {
    try {
      Path maps = Path.of("/proc", Long.toString(pid), "maps");
      return Files.readString(maps).contains(file.getFileName().toString());
    } catch (IOException e) {
      return true; // The system does not show it.
    }
  }
}
