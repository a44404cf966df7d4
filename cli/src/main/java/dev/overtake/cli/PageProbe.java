package dev.overtake.cli;

import dev.overtake.bench.pytorch.QueueProbe;
import dev.overtake.bench.result.ScheduledQueue;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.DeviceStatus;
import dev.overtake.control.page.PageException;
import dev.overtake.control.page.SlotStatus;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the control page what the shim makes of a program. The page is opened anew for every
 * look: it comes with the first scheduled program, and tests take a look every few seconds.
 */
final class PageProbe implements QueueProbe {
  /** Of queues of one priority the one that works: a process may have some on other devices. */
  private static final Comparator<SlotStatus> LEAST_URGENT =
      Comparator.comparingInt(SlotStatus::priority)
          .thenComparing(SlotStatus::submitted, Comparator.reverseOrder());

  private final Path file;

  /**
   * A probe of one page.
   *
   * @param file which need not be there
   */
  PageProbe(Path file) {
    this.file = file;
  }

  @Override
  public Optional<ScheduledQueue> leastUrgent(long pid) {
    try (ControlPage page = ControlPage.openReadOnly(file)) {
      return page.slots().status().stream()
          .filter(slot -> slot.owner().pid() == pid)
          .min(LEAST_URGENT)
          .map(slot -> queue(page, slot));
    } catch (PageException e) {
      return Optional.empty(); // Nothing is scheduled by a page that is not there.
    }
  }

  private static long escapes(ControlPage page, int device) {
    return page.devices().status().stream()
        .filter(each -> each.index() == device)
        .mapToLong(DeviceStatus::escapes)
        .findFirst()
        .orElse(0);
  }

  private static ScheduledQueue queue(ControlPage page, SlotStatus slot) {
    boolean byTime = slot.wishes().threshold() == 0;
    return new ScheduledQueue(
        page.daemon().policyName(),
        level(slot.level()),
        config(slot),
        byTime ? (Integer) slot.wishes().inFlightMicros() : null,
        escapes(page, slot.device()));
  }

  private static @Nullable PreemptionLevel level(int level) {
    return switch (level) {
      case 1 -> PreemptionLevel.L1;
      case 2 -> PreemptionLevel.L2;
      case 3 -> PreemptionLevel.L3;
      default -> null;
    };
  }

  /** Null until the shim has settled on one, and between its two writes of a new one. */
  private static @Nullable LaunchConfig config(SlotStatus slot) {
    return slot.batch() >= 1 && slot.threshold() >= slot.batch()
        ? new LaunchConfig(slot.threshold(), slot.batch())
        : null;
  }
}
