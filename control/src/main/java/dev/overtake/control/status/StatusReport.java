package dev.overtake.control.status;

import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.SlotStatus;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Everything at one moment.
 *
 * @param page path of the control page
 * @param daemonPid null: none is at work
 * @param policy name of the policy in effect
 */
public record StatusReport(
    String page,
    @Nullable Integer daemonPid,
    String policy,
    List<DeviceReport> devices,
    List<QueueReport> queues) {
  public StatusReport {
    devices = List.copyOf(devices);
    queues = List.copyOf(queues);
  }

  /**
   * What the page says now.
   *
   * @param nowNanos on the page's clock, which is {@link System#nanoTime()}
   * @param usage of a queue, or null where nobody knows
   */
  public static StatusReport of(
      ControlPage page, long nowNanos, Function<SlotStatus, @Nullable Usage> usage) {
    return new StatusReport(
        page.file().toString(),
        page.daemon().alive(nowNanos) ? page.daemon().pid() : null,
        page.daemon().policyName(),
        page.devices().status().stream().map(DeviceReport::of).toList(),
        page.slots().status().stream()
            .map(queue -> QueueReport.of(queue, nowNanos, usage.apply(queue)))
            .toList());
  }

  /** The same with the queues alone for which this holds. */
  public StatusReport only(Predicate<QueueReport> wanted) {
    return new StatusReport(
        page, daemonPid, policy, devices, queues.stream().filter(wanted).toList());
  }
}
