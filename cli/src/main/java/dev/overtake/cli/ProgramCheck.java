package dev.overtake.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether the dynamic linker would preload the shim into a program. The program is not run: the
 * linker is asked to list what it loads, as ldd(1) asks it.
 *
 * @param library the shim
 * @param preload what preloads it
 */
record ProgramCheck(Path library, Map<String, String> preload) {
  private static final String CHECK = "program";

  /** Of a program as it would be typed. */
  Finding of(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    var found = ProgramFile.find(ByteStrings.ofText(name), ByteStrings.ofText(path));
    if (found.isEmpty()) {
      return Finding.failed(CHECK, name + " is not there", "give its path");
    }
    ProgramFile file = found.orElseThrow();
    if (!file.isExecutable()) {
      return Finding.failed(
          CHECK,
          name + " is not executable",
          "make it so ('chmod +x %s'), or give what runs it, such as python3".formatted(name));
    }
    return file.objection()
        .map(
            objection ->
                Finding.failed(
                    CHECK,
                    name + " " + objection,
                    "use a build of it that is dynamically linked and runs as you"))
        .orElseGet(() -> asked(name));
  }

  private Finding asked(String name) {
    var environment = new HashMap<>(preload);
    environment.put("LD_TRACE_LOADED_OBJECTS", "1");
    try {
      ChildProcess.Output output = ChildProcess.of(List.of(name), environment);
      return output.lines().stream().anyMatch(line -> line.contains(library.toString()))
          ? Finding.ok(CHECK, name + ": the shim is preloaded into it")
          : Finding.failed(
              CHECK,
              name + ": the dynamic linker does not load the shim",
              "look at what 'LD_PRELOAD=%s ldd %s' says".formatted(library, name));
    } catch (IOException e) {
      return Finding.failed(
          CHECK,
          "%s cannot be started (%s)".formatted(name, String.valueOf(e.getMessage()).strip()),
          "if it is a script, see that what its first line names is there");
    }
  }
}
