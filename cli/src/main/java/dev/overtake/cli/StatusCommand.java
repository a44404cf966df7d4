package dev.overtake.cli;

import dev.overtake.control.daemon.DaemonClient;
import dev.overtake.control.daemon.DaemonException;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.PageException;
import dev.overtake.control.status.StatusJson;
import dev.overtake.control.status.StatusReport;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code overtake status}: shows what is scheduled now. */
@Command(
    name = "status",
    description = {
      "Shows the queues of all scheduled programs, and the devices that they share.",
      "It reads the control page itself; a daemon, where one runs, adds how busy queues were over"
          + " the last two seconds."
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
final class StatusCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  @Mixin private PageOption page = new PageOption();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
  private CommandSpec spec;

  @Override
  public Integer call() throws PageException {
    StatusReport report = report(page.file());
    var out = spec.commandLine().getOut();
    out.print(json ? StatusJson.write(report) : StatusTable.of(report));
    out.flush();
    return ExitStatus.OK;
  }

  private static StatusReport report(Path file) throws PageException {
    try (ControlPage open = ControlPage.openReadOnly(file)) {
      long nowNanos = System.nanoTime();
      if (open.daemon().alive(nowNanos)) {
        try {
          return new DaemonClient(file).status();
        } catch (DaemonException e) {
          // It is ending, or busy: the page has all but the shares.
        }
      }
      return StatusReport.of(open, nowNanos, queue -> null);
    }
  }
}
