package dev.overtake.cli;

import dev.overtake.bench.cuda.ModelBench;
import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.harness.ShimQueues;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Controls;
import dev.overtake.control.page.LaunchHints;
import dev.overtake.control.page.PageException;
import dev.overtake.control.page.QueueHints;
import dev.overtake.control.page.Scope;
import dev.overtake.control.page.SlotStatus;
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
      List<SlotStatus> own =
          open.slots().status().stream().filter(slot -> slot.owner().pid() == pid).toList();
      check(own);
      var controls = new Controls(open);
      own.forEach(queue -> controls.hint(queue.slot(), hints));
    } catch (PageException e) {
      throw new LoadException("the shim's queues cannot be told: " + e.getMessage(), e);
    }
  }

  /** Only what is below another is bounded: all bounds would measure the same. */
  private void check(List<SlotStatus> own) {
    if (own.isEmpty()) {
      throw new LoadException(
          "the shim schedules nothing of this process, on %s: 'overtake doctor' says why"
              .formatted(page),
          null);
    }
    if (priority(own, ModelBench.LOW_THREAD) >= priority(own, ModelBench.HIGH_THREAD)) {
      throw new LoadException(
          "the batch side has no lower priority than the other: give 'overtake run' --thread"
              + " '%s=10' --thread '%s=1'".formatted(ModelBench.HIGH_THREAD, ModelBench.LOW_THREAD),
          null);
    }
  }

  /** A thread's own, else its process's. */
  private static int priority(List<SlotStatus> own, String thread) {
    return own.stream()
        .filter(queue -> queue.scope() == Scope.THREAD && queue.name().equals(thread))
        .findFirst()
        .or(() -> own.stream().filter(queue -> queue.scope() == Scope.PROCESS).findFirst())
        .map(SlotStatus::priority)
        .orElse(0);
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
