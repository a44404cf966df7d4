package dev.overtake.cli;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.harness.ShimQueues;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Controls;
import dev.overtake.control.page.LaunchHints;
import dev.overtake.control.page.Owner;
import dev.overtake.control.page.PageException;
import dev.overtake.control.page.QueueHints;
import dev.overtake.control.page.SlotStatus;
import dev.overtake.core.xqueue.LaunchConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * A process's own queues on the control page.
 *
 * @param owner the process
 */
record OwnQueues(Path page, Owner owner) implements ShimQueues {
  @Override
  public void bound(Mode.Shim mode) {
    QueueHints hints = QueueHints.of(hints(mode));
    try (ControlPage open = ControlPage.open(page)) {
      List<SlotStatus> own =
          open.slots().status().stream().filter(slot -> slot.owner().equals(owner)).toList();
      check(own);
      var controls = new Controls(open);
      own.forEach(queue -> controls.hint(queue.slot(), hints));
    } catch (PageException e) {
      throw new LoadException("the shim's queues cannot be told: " + e.getMessage(), e);
    }
  }

  /** What has one priority is not bounded, and all bounds would measure the same. */
  private void check(List<SlotStatus> own) {
    if (own.isEmpty()) {
      throw new LoadException(
          "the shim schedules nothing of this process, on %s: 'overtake doctor' says why"
              .formatted(page),
          null);
    }
    if (own.stream().map(SlotStatus::priority).distinct().count() < 2) {
      throw new LoadException(
          "all of this process has one priority: give 'overtake run' --thread 'high-launch=10'"
              + " --thread 'low-launch=1'",
          null);
    }
  }

  /**
   * The mode's bound.
   *
   * @throws IllegalArgumentException if the shim takes none such; the message says what it takes
   */
  static LaunchHints hints(Mode.Shim mode) {
    LaunchConfig config = mode.launchConfig();
    return config == null
        ? new LaunchHints(null, null, null, mode.inFlightMicros(), null)
        : new LaunchHints(null, config.thresholdCommands(), config.batchCommands(), null, null);
  }
}
