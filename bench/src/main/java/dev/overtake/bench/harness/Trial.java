package dev.overtake.bench.harness;

import dev.overtake.bench.result.Topology;
import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.scheduler.LocalScheduler;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.platform.host.HostDevice;
import dev.overtake.platform.host.HostQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One way of sharing, measured once: a device of its own, the clients' queues on it, load for some
 * seconds, and the end. Requests that are due within the measured time are waited for a while after
 * it, with the low side still running; then the device is closed under whatever is left.
 */
final class Trial {
  static final Policy POLICY = new HighestPriorityFirst();
  static final Hints HIGH = Hints.priority(10);
  static final Hints LOW = Hints.priority(1);

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double WARM_UP_SECONDS = 0.3;
  private static final double GRACE_SECONDS = 10;

  /** How often progress is reported while a trial runs. */
  private static final double TICK_SECONDS = 0.25;

  /**
   * What was measured.
   *
   * @param seconds for how long; less than asked if the trial was stopped
   * @param high null if the high side did not run
   * @param lowSegments segments that all low clients computed in that time; 0 if none ran
   */
  record Result(double seconds, OpenLoopClient.@Nullable Recording high, long lowSegments) {}

  private final Sharing sharing;
  private final HostDevice device;
  private final LocalScheduler scheduler = new LocalScheduler(POLICY);
  private final List<Submission> submissions = new ArrayList<>();
  private final @Nullable OpenLoopClient high;
  private final List<ClosedLoopClient> low = new ArrayList<>();

  private Trial(Workloads workloads, Sharing sharing, int threads, long[] dueNanos) {
    this.sharing = sharing;
    device = HostDevice.open(threads);
    HostQueue first = device.openQueue();
    high =
        sharing.high()
            ? new OpenLoopClient(
                workloads.high().model(), submission("high", HIGH, first), dueNanos)
            : null;
    Workloads.Low lowLoad = workloads.low();
    for (int i = 0; sharing.low() && lowLoad != null && i < lowLoad.clients(); i++) {
      HostQueue hwQueue =
          sharing.topology() == Topology.SHARED ? first.openShared() : device.openQueue();
      low.add(
          new ClosedLoopClient(
              lowLoad.model(), submission("low-" + i, LOW, hwQueue), lowLoad.passesInFlight()));
    }
  }

  /**
   * Runs one trial.
   *
   * @param threads of the host device
   * @param dueNanos when the high side's requests are due, from the begin of measuring
   * @param seconds how long to measure
   * @param ticks told, as time goes on, the seconds measured so far
   * @return null if the signal was raised before measuring began
   * @throws LoadException if a command failed; the trial ends at once
   */
  static @Nullable Result run(
      Workloads workloads,
      Sharing sharing,
      int threads,
      long[] dueNanos,
      double seconds,
      StopSignal stop,
      DoubleConsumer ticks)
      throws InterruptedException {
    var trial = new Trial(workloads, sharing, threads, dueNanos);
    try {
      return trial.measure(seconds, stop, ticks);
    } finally {
      trial.end();
    }
  }

  private Submission submission(String name, Hints hints, HostQueue hwQueue) {
    Mode.Queues queues = sharing.mode().queues();
    Submission submission =
        queues == null
            ? new DirectSubmission(hwQueue)
            : new XQueueSubmission(
                XQueue.on(hwQueue)
                    .name(name)
                    .scheduler(scheduler)
                    .hints(hints)
                    .launchConfig(queues.config())
                    .level(queues.level())
                    .open());
    submissions.add(submission);
    return submission;
  }

  private @Nullable Result measure(double seconds, StopSignal stop, DoubleConsumer ticks)
      throws InterruptedException {
    low.forEach(ClosedLoopClient::start);
    if (stop.await(nanos(low.isEmpty() ? 0 : WARM_UP_SECONDS))) {
      return null;
    }
    long segmentsBefore = lowSegments();
    long start = System.nanoTime();
    if (high != null) {
      high.start();
    }
    double elapsed = 0;
    while (elapsed < seconds
        && !hasFailed()
        && !stop.await(nanos(Math.min(TICK_SECONDS, seconds - elapsed)))) {
      elapsed = (System.nanoTime() - start) / NANOS_PER_SECOND;
      ticks.accept(Math.min(elapsed, seconds));
    }
    double measured = (System.nanoTime() - start) / NANOS_PER_SECOND;
    long segments = lowSegments() - segmentsBefore;
    OpenLoopClient.Recording recording = high == null ? null : finish(high, stop);
    return new Result(measured, recording, segments);
  }

  private OpenLoopClient.Recording finish(OpenLoopClient client, StopSignal stop)
      throws InterruptedException {
    client.stop();
    boolean all = false;
    for (double waited = 0; !all && waited < GRACE_SECONDS; waited += TICK_SECONDS) {
      all = client.awaitAnswers(nanos(TICK_SECONDS));
      if (stop.isRaised()) {
        break;
      }
    }
    if (!all) {
      giveUp();
    }
    return client.end();
  }

  /** Tells everyone that failures are to be expected, and takes the device away. */
  private void giveUp() {
    if (high != null) {
      high.expectEnd();
    }
    low.forEach(ClosedLoopClient::expectEnd);
    device.close();
  }

  private void end() throws InterruptedException {
    giveUp();
    // All of them end before one may throw: the models will be closed after this.
    if (high != null) {
      high.join();
    }
    for (ClosedLoopClient client : low) {
      client.join();
    }
    submissions.forEach(Submission::close);
    scheduler.close();
    if (high != null) {
      var _ = high.end();
    }
    for (ClosedLoopClient client : low) {
      client.end();
    }
  }

  private boolean hasFailed() {
    return (high != null && high.hasFailed()) || low.stream().anyMatch(ClosedLoopClient::hasFailed);
  }

  private long lowSegments() {
    return low.stream().mapToLong(ClosedLoopClient::segments).sum();
  }

  private static long nanos(double seconds) {
    return (long) (seconds * NANOS_PER_SECOND);
  }
}
