package dev.overtake.cli;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.harness.ShimQueues;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Controls;
import dev.overtake.control.page.LaunchHints;
import dev.overtake.control.page.PageException;
import dev.overtake.control.page.QueueHints;
import dev.overtake.core.xqueue.LaunchConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * A process's own queues on the control page.
 *
 * @param pid as the page knows it
 */
record OwnQueues(Path page, long pid) implements ShimQueues {
  @Override
  public void bound(Mode.Shim mode) {
    QueueHints hints = QueueHints.of(hints(mode));
    try (ControlPage open = ControlPage.open(page)) {
      List<Integer> slots =
          open.slots().status().stream()
              .filter(slot -> slot.owner().pid() == pid)
              .map(slot -> slot.slot())
              .toList();
      if (slots.isEmpty()) {
        throw new LoadException(
            "the shim schedules nothing of this process, on %s: 'overtake doctor' says why"
                .formatted(page),
            null);
      }
      var controls = new Controls(open);
      slots.forEach(slot -> controls.hint(slot, hints));
    } catch (PageException e) {
      throw new LoadException("the shim's queues cannot be told: " + e.getMessage(), e);
    }
  }

  private static LaunchHints hints(Mode.Shim mode) {
    LaunchConfig config = mode.launchConfig();
    return config == null
        ? new LaunchHints(null, null, null, mode.inFlightMicros(), null)
        : new LaunchHints(null, config.thresholdCommands(), config.batchCommands(), null, null);
  }
}
