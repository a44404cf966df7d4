package dev.overtake.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code overtake doctor}: says whether programs would be scheduled, and if not, what to do. */
@Command(
    name = "doctor",
    description = {
      "Tries each mechanism that scheduling of unmodified programs rests on, and says what to"
          + " mend.",
      "Exit status: 0 if programs would be scheduled here, 1 if not."
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
final class DoctorCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..*",
      paramLabel = "PROGRAM",
      description = "A program that is to be scheduled: can the shim be preloaded into it?")
  private List<String> program = List.of();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private PageOption page = new PageOption();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    var doctor = new Doctor(Path.of(System.getProperty("overtake.home", ".")).toAbsolutePath());
    doctor.environment(System.getenv());
    doctor.shim();
    doctor.hip();
    doctor.openCl();
    doctor.driver();
    doctor.page(page.file());
    if (!program.isEmpty()) {
      doctor.program(program.getFirst());
    }
    spec.commandLine().getOut().println(json ? json(doctor) : text(doctor));
    spec.commandLine().getOut().flush();
    return doctor.wouldSchedule() ? ExitStatus.OK : ExitStatus.FAILED;
  }

  private static String text(Doctor doctor) {
    var text = new StringBuilder();
    for (Finding finding : doctor.findings()) {
      text.append("%-8s %-13s %s%n".formatted(finding.result(), finding.check(), finding.found()));
      if (!finding.advice().isEmpty()) {
        text.append("%22s -> %s%n".formatted("", finding.advice()));
      }
    }
    return text.append(
            doctor.wouldSchedule()
                ? "Programs are scheduled: overtake run --priority 10 -- PROGRAM"
                : "Programs would run unscheduled.")
        .toString();
  }

  private static String json(Doctor doctor) {
    var checks =
        doctor.findings().stream()
            .map(
                finding -> {
                  var check = new LinkedHashMap<String, String>();
                  check.put("check", finding.check());
                  check.put("result", finding.result().toString());
                  check.put("found", finding.found());
                  check.put("advice", finding.advice());
                  return check;
                })
            .toList();
    var all = new LinkedHashMap<String, Object>();
    all.put("scheduled", doctor.wouldSchedule());
    all.put("checks", checks);
    return JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValueAsString(all);
  }
}
