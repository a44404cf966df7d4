package dev.overtake.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** Overtake's version, and what a bug report needs besides it. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    // The jar's manifest has it; classes that run from a folder have no manifest.
    var version =
        Objects.requireNonNullElse(
            Version.class.getPackage().getImplementationVersion(), "(development)");
    return new String[] {
      "overtake %s (Java %s, %s %s)"
          .formatted(
              version,
              Runtime.version(),
              System.getProperty("os.name"),
              System.getProperty("os.arch"))
    };
  }
}
