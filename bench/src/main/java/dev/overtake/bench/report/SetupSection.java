package dev.overtake.bench.report;

import dev.overtake.bench.page.Html;
import dev.overtake.bench.page.Numbers;
import dev.overtake.bench.result.Configuration;
import dev.overtake.bench.result.HighWorkload;
import dev.overtake.bench.result.LowWorkload;
import dev.overtake.bench.result.Machine;
import dev.overtake.bench.result.PyTorch;
import dev.overtake.bench.result.Results;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where and how it was measured, as lists of terms: enough to measure it again. */
final class SetupSection {
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private SetupSection() {}

  static String render(Results results) {
    Configuration configuration = results.configuration();
    var out = new StringBuilder();
    append(out, "Invocation", invocation(results));
    append(out, "Machine", machine(results.machine()));
    if (configuration.high() != null) {
      append(out, "High side", high(configuration.high()));
    }
    if (configuration.low() != null) {
      append(out, "Low side", low(configuration.low()));
    }
    return out.toString();
  }

  private static Map<String, String> invocation(Results results) {
    Configuration configuration = results.configuration();
    var terms = new LinkedHashMap<String, String>();
    terms.put("Command", String.join(" ", results.commandLine()));
    terms.put("Suite", configuration.suite() + ", profile " + configuration.profile());
    terms.put("Started", UTC.format(results.startedAt()));
    terms.put(
        "Took",
        Numbers.minutes(Duration.between(results.startedAt(), results.finishedAt()).toSeconds())
            + (results.complete() ? "" : ", stopped early"));
    terms.put(
        "Rounds",
        "%d of %s s for each mode, interleaved"
            .formatted(configuration.rounds(), Numbers.plain(configuration.secondsPerRound())));
    terms.put("Seed", Long.toString(configuration.seed()));
    terms.put("Overtake", results.toolVersion());
    return terms;
  }

  private static Map<String, String> machine(Machine machine) {
    var terms = new LinkedHashMap<String, String>();
    terms.put("Device", machine.deviceName());
    if (machine.deviceThreads() > 0) {
      terms.put("Device threads", Integer.toString(machine.deviceThreads()));
    }
    PyTorch pytorch = machine.pytorch();
    if (pytorch != null) {
      terms.put(
          "PyTorch",
          "%s, torchvision %s, Python %s"
              .formatted(pytorch.torch(), pytorch.torchvision(), pytorch.python()));
      putIfPresent(terms, "CUDA", pytorch.cuda());
      putIfPresent(terms, "cuDNN", pytorch.cudnn());
      putIfPresent(terms, "Driver", pytorch.driver());
      if (pytorch.mps() != null) {
        terms.put("MPS", pytorch.mps() ? "shares the GPU" : "none");
      }
    }
    terms.put("CPU", machine.cpuModel());
    terms.put("Logical cores", Integer.toString(machine.logicalCores()));
    terms.put("Memory", Numbers.gibibytes(machine.memoryBytes()));
    terms.put("System", machine.operatingSystem());
    terms.put("Java", machine.javaVm());
    return terms;
  }

  private static Map<String, String> high(HighWorkload high) {
    var terms = new LinkedHashMap<String, String>();
    terms.put("Model", high.model());
    terms.put("Batch", Integer.toString(high.batch()));
    terms.put("Input", shape(high.inputShape()));
    putCommands(terms, high.segments());
    terms.put("Requests", Numbers.plain(high.ratePerSecond()) + " a second");
    terms.put("Arrivals", high.arrivals().name().toLowerCase(Locale.ROOT) + ", open loop");
    return terms;
  }

  private static Map<String, String> low(LowWorkload low) {
    var terms = new LinkedHashMap<String, String>();
    terms.put("Model", low.model());
    terms.put("Clients", Integer.toString(low.clients()));
    terms.put("Batch", Integer.toString(low.batch()));
    terms.put("Input", shape(low.inputShape()));
    putCommands(terms, low.segments());
    terms.put("Passes in flight", low.passesInFlight() + ", closed loop");
    return terms;
  }

  private static void putIfPresent(Map<String, String> terms, String term, @Nullable String text) {
    if (text != null) {
      terms.put(term, text);
    }
  }

  /** A program that is not ours does not tell how many commands it gives. */
  private static void putCommands(Map<String, String> terms, int commands) {
    if (commands > 0) {
      terms.put("Commands a pass", Integer.toString(commands));
    }
  }

  private static String shape(List<Long> shape) {
    return shape.stream().map(String::valueOf).collect(Collectors.joining(" \u00d7 "));
  }

  private static void append(StringBuilder out, String heading, Map<String, String> terms) {
    out.append("<div class=\"terms\">\n<h3>").append(heading).append("</h3>\n<dl>\n");
    terms.forEach(
        (term, text) -> out.append("<dt>%s</dt><dd>%s</dd>\n".formatted(term, Html.escape(text))));
    out.append("</dl>\n</div>\n");
  }
}
