package dev.overtake.cli;

import dev.overtake.control.status.DeviceReport;
import dev.overtake.control.status.HintsReport;
import dev.overtake.control.status.QueueReport;
import dev.overtake.control.status.StatusReport;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A {@link StatusReport} as people read it. */
final class StatusTable {
  private static final List<String> QUEUES =
      List.of(
          "slot",
          "pid",
          "name",
          "scope",
          "device",
          "priority",
          "state",
          "level",
          "config",
          "submitted",
          "in flight",
          "ready");
  private static final List<String> DEVICES =
      List.of("device", "name", "bus", "floor", "escaping", "escapes", "interruptions");

  private static final DecimalFormatSymbols SYMBOLS = DecimalFormatSymbols.getInstance(Locale.ROOT);

  private StatusTable() {}

  static String of(StatusReport report) {
    var text = new StringBuilder();
    text.append(
        report.daemonPid() == null ? "no daemon" : "daemon %d".formatted(report.daemonPid()));
    text.append(", policy ").append(report.policy()).append(", page ").append(report.page());
    text.append("\n\n");
    if (report.devices().isEmpty()) {
      text.append("No device yet: they come with the first program that uses one.\n");
    } else {
      text.append(table(DEVICES, report.devices().stream().map(StatusTable::row).toList()));
    }
    return text.append('\n').append(queues(report.queues())).toString();
  }

  static String queues(List<QueueReport> queues) {
    return queues.isEmpty()
        ? "No queue: nothing is scheduled now. Start a program with 'overtake run'.\n"
        : table(QUEUES, queues.stream().map(StatusTable::row).toList()) + hints(queues);
  }

  /** A line for each queue of which more is said than its priority. */
  private static String hints(List<QueueReport> queues) {
    var text = new StringBuilder();
    for (QueueReport queue : queues) {
      String said = hints(queue.hints());
      if (!said.isEmpty()) {
        text.append("%nhints of %d: %s".formatted(queue.slot(), said));
      }
    }
    return text.isEmpty() ? "" : text.append('\n').toString();
  }

  private static String hints(HintsReport hints) {
    var said = new ArrayList<String>();
    if (hints.utilizationPercent() != null) {
      said.add("utilization " + hints.utilizationPercent() + "%");
    }
    if (hints.timesliceMicros() != null) {
      said.add("timeslice " + time(hints.timesliceMicros()));
    }
    if (hints.deadlineMicros() != null) {
      said.add("deadline " + time(hints.deadlineMicros()));
    }
    if (hints.laxity() != null) {
      var laxity = hints.laxity();
      said.add(
          "laxity %s, priority %d then %d"
              .formatted(time(laxity.micros()), laxity.laxPriority(), laxity.criticalPriority()));
    }
    if (hints.windowActive()) {
      said.add("window active");
    }
    if (hints.latencyTarget() != null) {
      var target = hints.latencyTarget();
      String percentile = new DecimalFormat("0.##", SYMBOLS).format(target.percentile());
      said.add("target P%s %s".formatted(percentile, time(target.micros())));
    }
    return String.join("; ", said);
  }

  /** As {@link TimeConverters} reads it. */
  private static String time(long micros) {
    return micros % 1_000 == 0 ? micros / 1_000 + "ms" : micros + "us";
  }

  private static List<String> row(DeviceReport device) {
    return List.of(
        Integer.toString(device.index()),
        device.name(),
        device.pciBusId(),
        device.floor() == null ? "open" : device.floor().toString(),
        Integer.toString(device.escaping()),
        Long.toString(device.escapes()),
        Long.toString(device.interruptions()));
  }

  private static List<String> row(QueueReport queue) {
    return List.of(
        Integer.toString(queue.slot()),
        Integer.toString(queue.pid()),
        queue.name(),
        queue.scope(),
        Integer.toString(queue.device()),
        Integer.toString(queue.priority()),
        queue.stuck() ? queue.state() + ", stuck" : queue.state(),
        "L" + queue.level(),
        config(queue),
        Long.toString(queue.submitted()),
        Integer.toString(queue.inFlight()),
        queue.usage() == null
            ? "-"
            : String.format(Locale.ROOT, "%.0f %%", 100 * queue.usage().readyShare()));
  }

  /**
   * What is in effect, where something has been bounded; and the time that it comes from, if it
   * does.
   */
  private static String config(QueueReport queue) {
    String commands =
        queue.threshold() == 0 ? "" : "(%d,%d)".formatted(queue.threshold(), queue.batch());
    String time = queue.inFlightMicros() == null ? "" : queue.inFlightMicros() + "us";
    String config = (commands + " " + time).strip();
    return config.isEmpty() ? "-" : config;
  }

  private static String table(List<String> names, List<List<String>> rows) {
    var widths = new ArrayList<Integer>();
    for (int i = 0; i < names.size(); i++) {
      int column = i;
      widths.add(
          Stream.concat(Stream.of(names), rows.stream())
              .mapToInt(row -> row.get(column).length())
              .max()
              .orElse(0));
    }
    var text = new StringBuilder();
    Stream.concat(Stream.of(names), rows.stream()).forEach(row -> line(text, row, widths));
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> row, List<Integer> widths) {
    var line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      line.append(row.get(i)).repeat(" ", widths.get(i) - row.get(i).length() + 2);
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }
}
