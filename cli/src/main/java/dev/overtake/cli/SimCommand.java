package dev.overtake.cli;

import dev.overtake.cli.simulation.Evaluation;
import dev.overtake.cli.simulation.SimReport;
import dev.overtake.cli.simulation.SimResults;
import dev.overtake.cli.simulation.SimTable;
import dev.overtake.control.daemon.PolicyCatalog;
import dev.overtake.core.policy.Policies;
import dev.overtake.sim.comparison.Comparison;
import dev.overtake.sim.model.Scenario;
import dev.overtake.sim.scenario.ScenarioException;
import dev.overtake.sim.scenario.ScenarioFile;
import dev.overtake.sim.scenario.ShippedScenarios;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code overtake sim}: simulates a scenario under policies, in virtual time. */
@Command(
    name = "sim",
    description = {
      "Simulates a scenario: devices, clients and a policy, in virtual time. The same scenario"
          + " gives the same results, to the digit.",
      "Ends with a table of who fared how; docs/simulator.md says how a scenario is written."
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
final class SimCommand implements Callable<Integer> {
  private static final double NANOS_PER_SECOND = 1e9;

  @Parameters(
      arity = "0..1",
      paramLabel = "SCENARIO",
      description = "A file, such as my.yaml, or one of those that --list names.")
  private @Nullable String scenario;

  @Option(names = "--list", description = "List the scenarios that come with this.")
  private boolean list;

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      description =
          "Simulate under this policy, or NONE; may be given several times, to compare. Default:"
              + " the scenario's.")
  private @Nullable List<String> policies;

  @Mixin private PolicyJarsOption jars = new PolicyJarsOption();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of all random numbers, 0 to 999999999. Default: the scenario's.")
  private @Nullable Long seed;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = BenchConverters.SecondsConverter.class,
      description = "Virtual time, warm-up included: 60s, 2m, 1h. Default: the scenario's.")
  private @Nullable Double seconds;

  @Option(names = "--json", description = "Print the results as JSON, not the table.")
  private boolean json;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Write report.html and results.json into this folder.")
  private @Nullable Path report;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
  private CommandSpec spec;

  private Policies installed = Policies.of(List.of());

  @Override
  public Integer call() throws IOException {
    var use = new WrongUse(spec.commandLine());
    installed = PolicyCatalog.installed(jars.paths(), this::say).policies();
    if (list) {
      use.require(scenario == null, "--list lists all scenarios: leave out '%s'", scenario);
      printList();
      return ExitStatus.OK;
    }
    ScenarioFile file = file(use);
    Scenario asked = adjusted(file.scenario(), use);
    List<String> names = Objects.requireNonNullElse(policies, List.of(asked.policy()));
    checkPolicies(names, use);
    if (report != null) {
      WriteProbe.requireFolder(use, "--report", report);
    }
    long start = System.nanoTime();
    Comparison comparison = Comparison.run(asked, names, installed);
    double took = (System.nanoTime() - start) / NANOS_PER_SECOND;
    SimResults results =
        Evaluation.of(comparison, file.about(), Version.number(), OvertakeCommand.typed(spec));
    print(results);
    say("simulated %,d events in %.1f s".formatted(comparison.events(), took));
    if (report != null) {
      new ResultFiles(report)
          .write(
              results.toJson(), SimReport.render(results, comparison), spec.commandLine().getErr());
    }
    return ExitStatus.OK;
  }

  private void printList() {
    var out = spec.commandLine().getOut();
    for (String name : ShippedScenarios.names()) {
      out.println("%-16s %s".formatted(name, ShippedScenarios.read(name, installed).about()));
    }
    out.flush();
  }

  private ScenarioFile file(WrongUse use) {
    if (scenario == null) {
      throw use.wrong("no scenario was given: give a file, or one of " + shipped());
    }
    try {
      if (ShippedScenarios.names().contains(scenario)) {
        return ShippedScenarios.read(scenario, installed);
      }
      Path path = Path.of(scenario);
      use.require(
          Files.exists(path),
          "there is no scenario '%s': give a file, or one of %s",
          scenario,
          shipped());
      return ScenarioFile.read(path, installed);
    } catch (ScenarioException e) {
      throw use.wrong(Objects.requireNonNull(e.getMessage()));
    }
  }

  private static String shipped() {
    return String.join(", ", ShippedScenarios.names());
  }

  private Scenario adjusted(Scenario read, WrongUse use) {
    Scenario adjusted = read;
    if (seed != null) {
      use.require(
          seed >= 0 && seed <= Scenario.MAX_SEED,
          "--seed is %d: give a whole number from 0 to %d",
          seed,
          Scenario.MAX_SEED);
      adjusted = read.withSeed(seed);
    }
    if (seconds == null) {
      return adjusted;
    }
    try {
      return adjusted.withDurationNanos(Math.round(seconds * NANOS_PER_SECOND));
    } catch (IllegalArgumentException e) {
      throw use.wrong("--duration: " + e.getMessage());
    }
  }

  private void checkPolicies(List<String> names, WrongUse use) {
    var known = new ArrayList<>(installed.names());
    known.add(Scenario.NO_POLICY);
    for (String name : names) {
      use.require(
          known.contains(name),
          "there is no policy '%s': give one of %s",
          name,
          String.join(", ", known));
    }
    use.require(
        names.stream().distinct().count() == names.size(),
        "--policy names a policy twice: give each once");
  }

  private void print(SimResults results) {
    var out = spec.commandLine().getOut();
    out.print(json ? results.toJson() : SimTable.render(results, TerminalWidth.ofTable()));
    out.flush();
  }

  private void say(String line) {
    var err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
  }
}
