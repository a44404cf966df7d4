package dev.overtake.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command that has all others below it. A new one is registered in {@code subcommands} here and
 * nowhere else; help, version and {@code --debug} come to it by inheritance.
 */
@Command(
    name = "overtake",
    description = "Latency-critical and batch work on one accelerator.",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      BenchCommand.class,
      SimCommand.class,
      RunCommand.class,
      DaemonCommand.class,
      StatusCommand.class,
      HintCommand.class,
      PolicyCommand.class,
      DoctorCommand.class
    })
final class OvertakeCommand implements Callable<Integer> {
  /** The environment's way to say {@code --debug}. */
  static final String DEBUG_VARIABLE = "OVERTAKE_DEBUG";

  @Option(
      names = "--debug",
      description = "Show the stack trace of a failure (also: " + DEBUG_VARIABLE + "=1).",
      scope = ScopeType.INHERIT)
  private boolean debug;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
  private CommandSpec spec;

  boolean debug() {
    return debug;
  }

  /** The command line that a command was in, as it was typed, for the record. */
  static List<String> typed(CommandSpec spec) {
    return Stream.concat(
            Stream.of("overtake"),
            spec.root().commandLine().getParseResult().originalArgs().stream())
        .toList();
  }

  /** Nothing was asked for: says what could be. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitStatus.WRONG_USE;
  }
}
