package dev.overtake.cli;

import dev.overtake.control.page.PolicyHints;
import dev.overtake.core.policy.LatencyTarget;
import dev.overtake.core.policy.Laxity;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What {@code overtake hint} changes of what the policy is told; 0 takes back what was said. */
final class PolicyHintOptions {
  private static final double DEFAULT_PERCENTILE = 99;

  @Option(
      names = "--priority",
      paramLabel = "N",
      description = "-255 to 255; larger is more urgent.")
  private @Nullable Integer priority;

  @Option(
      names = "--utilization",
      paramLabel = "P",
      converter = PercentConverter.class,
      description = "The share of the device that it shall have: 75%%. 0: what others leave.")
  private @Nullable Integer utilizationPercent;

  @Option(
      names = "--timeslice",
      paramLabel = "TIME",
      converter = TimeConverters.NanosConverter.class,
      description = "How long it shall run at a time where it takes turns: 2ms. 0: not said.")
  private @Nullable Long timesliceNanos;

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      converter = TimeConverters.NanosConverter.class,
      description = "Idle again within this time of becoming ready: 20ms. 0: not said.")
  private @Nullable Long deadlineNanos;

  @Option(
      names = "--laxity",
      paramLabel = "TIME",
      converter = TimeConverters.NanosConverter.class,
      description =
          "How long it can wait once it is ready: 10ms; with the two priorities. 0: not said.")
  private @Nullable Long laxityNanos;

  @Option(
      names = "--lax-priority",
      paramLabel = "N",
      description = "Its priority while it can wait.")
  private @Nullable Integer laxPriority;

  @Option(
      names = "--critical-priority",
      paramLabel = "N",
      description = "Its priority from then on, no lower.")
  private @Nullable Integer criticalPriority;

  @Option(
      names = "--window-active",
      negatable = true,
      description = "Whether its window is the one that a person works in.")
  private @Nullable Boolean windowActive;

  @Option(
      names = "--target",
      paramLabel = "TIME",
      converter = TimeConverters.NanosConverter.class,
      description = "What its requests shall take at most: 5ms. 0: not said.")
  private @Nullable Long targetNanos;

  @Option(
      names = "--percentile",
      paramLabel = "P",
      description = "How many of a hundred shall keep to --target. Default: 99.")
  private @Nullable Double percentile;

  /**
   * What was typed.
   *
   * @throws IllegalArgumentException if it is wrong; the message says what to give
   */
  PolicyHints hints() {
    require(
        laxityNanos != null || (laxPriority == null && criticalPriority == null),
        "--lax-priority and --critical-priority go with --laxity: give it");
    require(targetNanos != null || percentile == null, "--percentile goes with --target: give it");
    return PolicyHints.NOTHING
        .ifSaid(priority, PolicyHints::priority)
        .ifSaid(utilizationPercent, PolicyHints::utilizationPercent)
        .ifSaid(timesliceNanos, PolicyHints::timesliceNanos)
        .ifSaid(deadlineNanos, PolicyHints::deadlineNanos)
        .ifSaid(laxityNanos, (hints, nanos) -> hints.laxity(laxity(nanos)))
        .ifSaid(windowActive, PolicyHints::windowActive)
        .ifSaid(targetNanos, (hints, nanos) -> hints.latencyTarget(latencyTarget(nanos)));
  }

  private @Nullable Laxity laxity(long nanos) {
    if (nanos == 0) {
      return null;
    }
    if (laxPriority == null || criticalPriority == null) {
      throw new IllegalArgumentException(
          "--laxity goes with --lax-priority and --critical-priority: give all three");
    }
    return new Laxity(nanos, laxPriority, criticalPriority);
  }

  private @Nullable LatencyTarget latencyTarget(long nanos) {
    return nanos == 0
        ? null
        : new LatencyTarget(nanos, percentile == null ? DEFAULT_PERCENTILE : percentile);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /** {@code 75%} or {@code 75}. */
  static final class PercentConverter implements ITypeConverter<Integer> {
    private static final Pattern SYNTAX = Pattern.compile("\\d{1,4}%?");

    @Override
    public Integer convert(String text) {
      if (!SYNTAX.matcher(text).matches()) {
        throw new TypeConversionException("'%s' is not a percentage: give 75%%".formatted(text));
      }
      return Integer.valueOf(text.replace("%", ""));
    }
  }
}
