package dev.overtake.bench.harness;

import dev.overtake.bench.result.Run;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How two sides share a device: straight into the hardware queues, or through XQueues under HPF.
 *
 * @param queues null for the baseline
 */
public record Mode(@Nullable Queues queues) {
  /**
   * What the XQueues of both sides are opened with.
   *
   * @param config launch config
   * @param level how far a preemption reaches
   */
  public record Queues(LaunchConfig config, PreemptionLevel level) {}

  public static final Mode BASELINE = new Mode(null);

  private static final Pattern SYNTAX = Pattern.compile("(\\d{1,9}):(\\d{1,9})(?:@(L[123]))?");

  public static Mode queues(int threshold, int batch, PreemptionLevel level) {
    return new Mode(new Queues(new LaunchConfig(threshold, batch), level));
  }

  /**
   * Reads {@code baseline}, or threshold and batch as in {@code 4:2}, with a level as in {@code
   * 16:8@L2}.
   *
   * @throws IllegalArgumentException if it is neither, or the launch config is impossible
   */
  public static Mode parse(String text) {
    if (text.equals(Run.BASELINE)) {
      return BASELINE;
    }
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a mode: give baseline, THRESHOLD:BATCH or THRESHOLD:BATCH@LEVEL, such as 4:2 or 16:8@L2"
              .formatted(text));
    }
    return queues(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        matcher.group(3) == null ? PreemptionLevel.L1 : PreemptionLevel.valueOf(matcher.group(3)));
  }

  /** The name in tables and plots, such as {@code XQueue (16,8) L2}. */
  public String label() {
    if (queues == null) {
      return Run.BASELINE;
    }
    return "XQueue "
        + queues.config()
        + (queues.level() == PreemptionLevel.L1 ? "" : " " + queues.level());
  }
}
