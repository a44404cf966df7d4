package dev.overtake.cli;

import dev.overtake.control.daemon.PolicyJars;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option by which every command that runs policies finds those of one's own. */
final class PolicyJarsOption {
  @Option(
      names = "--policies",
      paramLabel = "PATH",
      split = ":",
      description =
          "Policies of your own: jars and folders of jars, with ':' between them. Default: what "
              + PolicyJars.VARIABLE
              + " says.")
  private @Nullable List<Path> paths;

  /** Those that were given; an empty part is none, and not the current folder. */
  List<Path> paths() {
    return paths == null
        ? PolicyJars.paths(System.getenv())
        : paths.stream().filter(path -> !path.toString().isEmpty()).toList();
  }
}
