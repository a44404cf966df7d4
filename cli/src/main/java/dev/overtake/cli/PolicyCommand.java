package dev.overtake.cli;

import dev.overtake.control.daemon.DaemonClient;
import dev.overtake.control.daemon.DaemonException;
import dev.overtake.control.daemon.PolicyCatalog;
import dev.overtake.control.daemon.PolicyJars;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Controls;
import dev.overtake.control.page.PolicyMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code overtake policy}: shows or chooses who decides which queues may run. */
@Command(
    name = "policy",
    description = {
      "Shows the policy in effect, or chooses another.",
      "HPF (highest priority first) and NONE (everything runs) need no daemon; every other policy"
          + " is run by it."
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
final class PolicyCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "HPF, NONE, or one of the daemon's.")
  private @Nullable String name;

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  @Mixin private PageOption page = new PageOption();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Path file = page.file();
    switch (name) {
      case null -> {}
      case "HPF" -> choose(file, PolicyMode.HPF);
      case "NONE" -> choose(file, PolicyMode.NONE);
      default -> chooseByDaemon(file, name);
    }
    try (ControlPage open = ControlPage.openReadOnly(file)) {
      String policy = open.daemon().policyName();
      boolean orphaned =
          open.daemon().policyMode() == PolicyMode.DAEMON
              && !open.daemon().alive(System.nanoTime());
      print(policy, orphaned);
    }
    return ExitStatus.OK;
  }

  private static void choose(Path file, PolicyMode mode) throws IOException {
    try (ControlPage open = ControlPage.openOrCreate(file)) {
      new Controls(open).policy(mode, mode.name());
    }
  }

  private void chooseByDaemon(Path file, String policy) throws IOException {
    var use = new WrongUse(spec.commandLine());
    if (Files.exists(file)) {
      ControlPage.openReadOnly(file).close(); // Or it is the page that cannot be used.
    }
    if (!DaemonStart.isAlive(file)) {
      throw use.wrong(withoutDaemon(policy));
    }
    try {
      new DaemonClient(file).policy(policy);
    } catch (DaemonException e) {
      if (e.isWrongRequest()) {
        throw use.wrong(String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  private String withoutDaemon(String policy) {
    var err = spec.commandLine().getErr();
    List<String> names =
        PolicyCatalog.installed(
                PolicyJars.paths(System.getenv()), line -> err.println("overtake: " + line))
            .names();
    return names.contains(policy)
        ? "policy '%s' needs a daemon to run it, and none runs: start 'overtake daemon --policy %s', or choose HPF or NONE"
            .formatted(policy, policy)
        : "there is no policy '%s': give one of %s, or start 'overtake daemon --policies' with yours"
            .formatted(policy, String.join(", ", names));
  }

  private void print(String policy, boolean orphaned) {
    var out = spec.commandLine().getOut();
    if (json) {
      out.print("{\"policy\": \"%s\", \"decides\": %b}%n".formatted(policy, !orphaned));
    } else {
      out.println(
          orphaned
              ? policy + ", but no daemon runs it: every queue runs; start 'overtake daemon'"
              : policy);
    }
    out.flush();
  }
}
