package dev.overtake.sim.comparison;

import dev.overtake.core.policy.Policy;
import dev.overtake.sim.comparison.Timeline.Lane;
import dev.overtake.sim.comparison.Timeline.Span;
import dev.overtake.sim.engine.Observer;
import dev.overtake.sim.engine.QueueIdentity;
import dev.overtake.sim.model.Scenario;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the first part of what happens after the warm-up, as much as a picture can show: of the
 * first machine, and of a few queues of each kind.
 */
final class TimelineRecorder implements Observer {
  private static final int MOST_SPANS = 200;
  private static final int MOST_LANES = 24;
  private static final int MOST_OF_A_KIND = 4;
  private static final long NOT_NOW = -1;

  private final String machine;
  private final long fromNanos;
  private final Map<Long, Recorded> lanes = new LinkedHashMap<>();
  private int spans;
  private boolean full;
  private long untilNanos;
  private long failures;
  private @Nullable String firstFailure;

  private static final class Recorded {
    private final QueueIdentity queue;
    private final List<Span> ran = new ArrayList<>();
    private final List<Span> held = new ArrayList<>();
    private long runningSince = NOT_NOW;
    private long heldSince = NOT_NOW;

    private Recorded(QueueIdentity queue) {
      this.queue = queue;
    }
  }

  TimelineRecorder(Scenario scenario) {
    machine = scenario.machines().getFirst().name();
    fromNanos = scenario.warmUpNanos();
    untilNanos = scenario.durationNanos();
  }

  @Override
  public void attached(QueueIdentity queue, long nowNanos) {
    if (!full
        && queue.machineNumber() == 0
        && queue.machine().equals(machine)
        && queue.clientNumber() < MOST_OF_A_KIND
        && lanes.size() < MOST_LANES) {
      lanes.put(queue.id(), new Recorded(queue));
    }
  }

  @Override
  public void commandStarted(QueueIdentity queue, int engine, long handOverNanos, long nowNanos) {
    Recorded lane = lane(queue);
    if (lane != null) {
      lane.runningSince = nowNanos + handOverNanos;
    }
  }

  @Override
  public void commandFinished(QueueIdentity queue, int engine, long nowNanos) {
    endRun(queue, nowNanos);
  }

  @Override
  public void commandInterrupted(
      QueueIdentity queue, int engine, long remainingNanos, long nowNanos) {
    endRun(queue, nowNanos);
  }

  @Override
  public void held(QueueIdentity queue, long nowNanos) {
    Recorded lane = lane(queue);
    if (lane != null) {
      lane.heldSince = nowNanos;
    }
  }

  @Override
  public void released(QueueIdentity queue, long nowNanos) {
    Recorded lane = lane(queue);
    if (lane != null) {
      add(lane.held, lane.heldSince, nowNanos);
      lane.heldSince = NOT_NOW;
    }
  }

  @Override
  public void policyFailed(Policy policy, Throwable failure) {
    failures++;
    if (firstFailure == null) {
      firstFailure = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
    }
  }

  /** What the policy got wrong, for people; null if nothing. */
  @Nullable String failure() {
    return firstFailure == null
        ? null
        : "failed %s, and everything ran instead: %s"
            .formatted(failures == 1 ? "once" : failures + " times", firstFailure);
  }

  /** What was kept. */
  Timeline timeline() {
    var finished = new ArrayList<Lane>();
    for (Recorded lane : lanes.values()) {
      add(lane.ran, lane.runningSince, untilNanos);
      add(lane.held, lane.heldSince, untilNanos);
      finished.add(
          new Lane(
              lane.queue.client(),
              lane.queue.clientNumber(),
              lane.queue.device(),
              lane.ran,
              lane.held));
    }
    return new Timeline(fromNanos, untilNanos, finished);
  }

  private @Nullable Recorded lane(QueueIdentity queue) {
    return full || queue.machineNumber() != 0 || !queue.machine().equals(machine)
        ? null
        : lanes.get(queue.id());
  }

  private void endRun(QueueIdentity queue, long nowNanos) {
    Recorded lane = lane(queue);
    if (lane != null) {
      add(lane.ran, lane.runningSince, nowNanos);
      lane.runningSince = NOT_NOW;
    }
  }

  private void add(List<Span> to, long since, long nowNanos) {
    long from = Math.max(since, fromNanos);
    if (since == NOT_NOW || nowNanos <= from) {
      return;
    }
    if (!to.isEmpty() && to.getLast().untilNanos() == from) {
      from = to.removeLast().fromNanos();
    } else {
      spans++;
    }
    to.add(new Span(from, nowNanos));
    if (spans >= MOST_SPANS && !full) {
      full = true;
      untilNanos = nowNanos;
    }
  }
}
