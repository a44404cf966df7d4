package dev.overtake.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** Overtake's version, and what a bug report needs besides it. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "overtake %s (Java %s, %s %s)"
          .formatted(
              number(),
              Runtime.version(),
              System.getProperty("os.name"),
              System.getProperty("os.arch"))
    };
  }

  /** The version alone. */
  static String number() {
    // The jar's manifest has it; classes that run from a folder have no manifest.
    return Objects.requireNonNullElse(
        Version.class.getPackage().getImplementationVersion(), "(development)");
  }
}
