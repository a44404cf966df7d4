package dev.overtake.cli;

import dev.overtake.control.daemon.Daemon;
import dev.overtake.control.daemon.DaemonConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code overtake daemon}: watches over the control page until it is told to end. */
@Command(
    name = "daemon",
    description = {
      "Watches over scheduled programs: cleans up after those that die, keeps account, runs"
          + " policies other than HPF, and answers on HTTP.",
      "Runs in the foreground until Ctrl-C or SIGTERM. Highest priority first works without it."
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
final class DaemonCommand implements Callable<Integer> {
  private static final int MAX_PORT = 65_535;

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      description =
          "Who decides: HPF, NONE, or one that the daemon runs. Default: the one in effect.")
  private @Nullable String policy;

  @Mixin private PolicyJarsOption policies = new PolicyJarsOption();

  @Option(
      names = "--port",
      paramLabel = "P",
      description =
          "Of the API, on 127.0.0.1; 0: any that is free. Default: "
              + DaemonConfig.DEFAULT_PORT
              + ", or any that is free where another program has that.")
  private @Nullable Integer port;

  @Mixin private PageOption page = new PageOption();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var use = new WrongUse(spec.commandLine());
    use.require(
        port == null || (port >= 0 && port <= MAX_PORT),
        "--port is %d: give 0 to %d",
        port,
        MAX_PORT);
    Path file = page.file();
    try (Daemon daemon = start(file, use)) {
      for (String signal : List.of("INT", "TERM", "HUP")) {
        Signals.register(signal, daemon::stop);
      }
      say(
          "daemon %d: policy %s, page %s, http://127.0.0.1:%d"
              .formatted(ProcessHandle.current().pid(), daemon.policy(), file, daemon.port()));
      daemon.run();
    }
    say("daemon ended; HPF and NONE go on without it, and HPF in the place of any other policy");
    return ExitStatus.OK;
  }

  private Daemon start(Path file, WrongUse use) throws IOException {
    try {
      return Daemon.start(
          new DaemonConfig(file, port, policy, policies.paths(), Version.number()), this::say);
    } catch (IllegalArgumentException e) {
      throw use.wrong(String.valueOf(e.getMessage()));
    }
  }

  /** The log: what happens is told as it happens. */
  private void say(String line) {
    var err = spec.commandLine().getErr();
    err.println("overtake: " + line);
    err.flush();
  }
}
