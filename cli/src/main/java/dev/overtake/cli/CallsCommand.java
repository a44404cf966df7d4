package dev.overtake.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.overtake.bench.cuda.DriverCalls;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code overtake bench calls}: one of the two programs that {@code scripts/bench-calls} sets
 * beside one another, and of no use by itself; hence not shown in help.
 */
@Command(
    name = "calls",
    description = {
      "Measures what calls of the CUDA driver cost this program, as scripts/bench-calls asks.",
      "Says 'ready' and the device's name. For each line 'launch|event|gate BURSTS LAUNCHES' on"
          + " standard input it answers the nanoseconds of a launch. Ends with its input."
    },
    hidden = true,
    sortOptions = false,
    usageHelpAutoWidth = true)
final class CallsCommand implements Callable<Integer> {
  private static final Pattern LINE =
      Pattern.compile("(launch|event|gate) ([1-9]\\d{0,6}) ([1-9]\\d{0,6})");

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cuda:0",
      description = "Which GPU. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // picocli sets every option that has a default
  private String device;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var use = new WrongUse(spec.commandLine());
    use.require(device.matches("cuda:\\d{1,3}"), "device '%s' is not a GPU: give cuda:0", device);
    PrintWriter out = spec.commandLine().getOut();
    var lines = new BufferedReader(new InputStreamReader(System.in, US_ASCII));
    try (DriverCalls calls = DriverCalls.open(device)) {
      out.println("ready " + calls.deviceName());
      out.flush();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher matcher = LINE.matcher(line);
        use.require(
            matcher.matches(), "'%s' is not launch, event or gate and two numbers above 0", line);
        out.printf(
            Locale.ROOT,
            "%.1f%n",
            calls.medianNanos(
                DriverCalls.Marker.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3))));
        out.flush();
      }
    }
    return ExitStatus.OK;
  }
}
