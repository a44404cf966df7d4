package dev.overtake.cli;

import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Controls;
import dev.overtake.control.page.PageException;
import dev.overtake.control.page.QueueHints;
import dev.overtake.control.page.SlotStatus;
import dev.overtake.control.status.StatusJson;
import dev.overtake.control.status.StatusReport;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code overtake hint}: changes what is said of queues while they run. */
@Command(
    name = "hint",
    description = {
      "Changes queues while they run: what the policy is told of them, preemption level, launch"
          + " config; suspends and resumes them.",
      "Which hints count is the policy's affair: HPF goes by the priority alone.",
      "It writes to the control page itself, so that no daemon is needed; 'overtake status' shows"
          + " the queues that there are."
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
final class HintCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "QUEUE",
      converter = QueueSelector.Converter.class,
      description =
          "A slot's number; pid:PID, for all queues of a process; or a name, in which * and ? stand"
              + " for any characters.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
  private QueueSelector queue;

  @Mixin private PolicyHintOptions policyHints = new PolicyHintOptions();

  @Mixin private LaunchHintOptions launchHints = new LaunchHintOptions();

  @Option(names = "--suspend", description = "Launch nothing more until it is resumed.")
  private boolean suspend;

  @Option(names = "--resume", description = "Undo --suspend.")
  private boolean resume;

  @Option(names = "--json", description = "Print the queues as JSON.")
  private boolean json;

  @Mixin private PageOption page = new PageOption();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws PageException {
    var use = new WrongUse(spec.commandLine());
    QueueHints hints = hints(use);
    try (ControlPage open = ControlPage.open(page.file())) {
      List<SlotStatus> queues = queue.among(open.slots().status());
      use.require(
          !queues.isEmpty(),
          "there is no queue '%s' now: 'overtake status' shows those that there are",
          queue.text());
      var controls = new Controls(open);
      for (SlotStatus each : queues) {
        apply(controls, each.slot(), hints);
      }
      print(open, queues);
    }
    return ExitStatus.OK;
  }

  private QueueHints hints(WrongUse use) {
    use.require(!suspend || !resume, "--suspend and --resume contradict: give one");
    try {
      var hints = new QueueHints(policyHints.hints(), launchHints.hints());
      use.require(
          !hints.isEmpty() || suspend || resume,
          "nothing is to be changed: give --priority, or another of the options");
      return hints;
    } catch (IllegalArgumentException e) {
      throw use.wrong(String.valueOf(e.getMessage()));
    }
  }

  private void apply(Controls controls, int slot, QueueHints hints) {
    if (!hints.isEmpty()) {
      controls.hint(slot, hints);
    }
    if (suspend) {
      controls.suspend(slot);
    }
    if (resume) {
      controls.resume(slot);
    }
  }

  /** What has become of them. */
  private void print(ControlPage open, List<SlotStatus> changed) {
    StatusReport all = StatusReport.of(open, System.nanoTime(), queue -> null);
    List<Integer> slots = changed.stream().map(SlotStatus::slot).toList();
    StatusReport report = all.only(each -> slots.contains(each.slot()));
    var out = spec.commandLine().getOut();
    out.print(json ? StatusJson.write(report) : StatusTable.queues(report.queues()));
    out.flush();
  }
}
