package dev.overtake.bench.harness;

import dev.overtake.bench.result.Run;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How two sides share a device: without a scheduler, through XQueues under HPF, or, of programs
 * that know nothing of it, under the shim.
 */
public sealed interface Mode {
  /** The name in tables and plots, such as {@code XQueue (16,8) L2}. */
  String label();

  /** Launch config of the batch side in commands; null where it has none, or is bounded by time. */
  default @Nullable LaunchConfig launchConfig() {
    return null;
  }

  /** Bound of the batch side's work in flight, microseconds; null where it has none. */
  default @Nullable Integer inFlightMicros() {
    return null;
  }

  /** How far preemption is asked to reach; null without a scheduler, or for the best there is. */
  default @Nullable PreemptionLevel level() {
    return null;
  }

  /** Both sides straight into the hardware queues. */
  record Baseline() implements Mode {
    @Override
    public String label() {
      return Run.BASELINE;
    }
  }

  /**
   * Both sides through XQueues.
   *
   * @param launchConfig what the XQueues of both sides are opened with
   * @param level how far a preemption reaches
   */
  record Queues(LaunchConfig launchConfig, PreemptionLevel level) implements Mode {
    @Override
    public String label() {
      return "XQueue " + launchConfig + (level == PreemptionLevel.L1 ? "" : " " + level);
    }
  }

  /**
   * Both sides are programs with the shim preloaded.
   *
   * @param level null for the best that the device has
   * @param launchConfig null to bound by time
   * @param inFlightMicros null where the bound is in commands
   */
  record Shim(
      @Nullable PreemptionLevel level,
      @Nullable LaunchConfig launchConfig,
      @Nullable Integer inFlightMicros)
      implements Mode {

    /** What the shim bounds work in flight to unless it is told otherwise. */
    public static final int DEFAULT_IN_FLIGHT_MICROS = 300;

    /** The best level that the device has, and work in flight bounded by time. */
    public static final Shim DEFAULT = new Shim(null, null, DEFAULT_IN_FLIGHT_MICROS);

    @Override
    public String label() {
      boolean byDefault = inFlightMicros != null && inFlightMicros == DEFAULT_IN_FLIGHT_MICROS;
      String bound = launchConfig != null ? " " + launchConfig : " " + inFlightMicros + "us";
      return "overtake" + (byDefault ? "" : bound) + (level == null ? "" : " " + level);
    }
  }

  /** Without a scheduler. */
  static Mode baseline() {
    return new Baseline();
  }

  /** XQueues with this launch config and level. */
  static Mode queues(int threshold, int batch, PreemptionLevel level) {
    return new Queues(new LaunchConfig(threshold, batch), level);
  }

  /**
   * Reads {@code baseline} or {@code native}, which are one; threshold and batch as in {@code 4:2},
   * with a level as in {@code 16:8@L2}; {@code overtake}, with a level, and a bound in commands or
   * microseconds, as in {@code overtake:L1}, {@code overtake:2:1} or {@code overtake:L2:500us}.
   *
   * @throws IllegalArgumentException if it is none of them, or the launch config is impossible
   */
  static Mode parse(String text) {
    if (text.equals(Run.BASELINE) || text.equals("native")) {
      return baseline();
    }
    Matcher queues = Syntax.QUEUES.matcher(text);
    if (queues.matches()) {
      return queues(
          Integer.parseInt(queues.group(1)),
          Integer.parseInt(queues.group(2)),
          queues.group(3) == null ? PreemptionLevel.L1 : PreemptionLevel.valueOf(queues.group(3)));
    }
    Matcher shim = Syntax.SHIM.matcher(text);
    if (!shim.matches()) {
      throw new IllegalArgumentException(
          ("'%s' is not a mode: give baseline, THRESHOLD:BATCH or THRESHOLD:BATCH@LEVEL, such as"
                  + " 4:2 or 16:8@L2; of programs under the shim native, overtake, overtake:LEVEL,"
                  + " overtake:THRESHOLD:BATCH or overtake:300us")
              .formatted(text));
    }
    LaunchConfig config =
        shim.group("threshold") == null
            ? null
            : new LaunchConfig(
                Integer.parseInt(shim.group("threshold")), Integer.parseInt(shim.group("batch")));
    String micros = shim.group("micros");
    return new Shim(
        shim.group("level") == null ? null : PreemptionLevel.valueOf(shim.group("level")),
        config,
        config != null
            ? null
            : (Integer)
                (micros == null ? Shim.DEFAULT_IN_FLIGHT_MICROS : Integer.parseInt(micros)));
  }

  /** How modes are typed. */
  final class Syntax {
    private static final Pattern QUEUES = Pattern.compile("(\\d{1,9}):(\\d{1,9})(?:@(L[123]))?");
    private static final Pattern SHIM =
        Pattern.compile(
            "overtake(?::(?<level>L[1-3]))?"
                + "(?::(?:(?<threshold>\\d{1,9}):(?<batch>\\d{1,9})|(?<micros>[1-9]\\d{0,6})us))?");

    private Syntax() {}
  }
}
