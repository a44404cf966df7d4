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
import org.jspecify.annotations.Nullable;

/**
 * The host device: a fresh one for each trial, with a queue for each client on it. When a trial is
 * over, the device is closed under whatever is left.
 *
 * @param threads of the host device
 * @param times hears how long commands take where nothing is scheduled
 */
public record HostTestbed(Workloads workloads, int threads, CommandTimes times) implements Testbed {
  static final Policy POLICY = new HighestPriorityFirst();
  static final Hints HIGH = Hints.priority(10);
  static final Hints LOW = Hints.priority(1);

  private static final double WARM_UP_SECONDS = 0.3;

  @Override
  public double warmUpSeconds() {
    return WARM_UP_SECONDS;
  }

  /** No spin: clients and device share the machine's processors. */
  @Override
  public long spinNanos() {
    return 0;
  }

  @Override
  public Setup setUp(Sharing sharing) {
    return new HostSetup(this, sharing);
  }

  private static final class HostSetup implements Setup {
    private final Mode mode;
    private final HostDevice device;
    private final LocalScheduler scheduler = new LocalScheduler(POLICY);
    private final List<Submission> submissions = new ArrayList<>();
    private final @Nullable Requests requests;
    private final @Nullable HostBatch batch;

    HostSetup(HostTestbed testbed, Sharing sharing) {
      Workloads workloads = testbed.workloads();
      mode = sharing.mode();
      device = HostDevice.open(testbed.threads());
      HostQueue first = device.openQueue();
      requests =
          sharing.high()
              ? new HostRequests(
                  workloads.high().model(),
                  submission("high", HIGH, first),
                  testbed.times().ofHigh(sharing))
              : null;
      Workloads.Low low = workloads.low();
      batch = sharing.low() && low != null ? batch(low, sharing, first, testbed.times()) : null;
    }

    private HostBatch batch(
        Workloads.Low low, Sharing sharing, HostQueue first, CommandTimes times) {
      var clients = new ArrayList<ClosedLoopClient>();
      for (int i = 0; i < low.clients(); i++) {
        HostQueue hwQueue =
            sharing.topology() == Topology.SHARED ? first.openShared() : device.openQueue();
        clients.add(
            new ClosedLoopClient(
                low.model(),
                submission("low-" + i, LOW, hwQueue),
                low.passesInFlight(),
                times.ofLow(sharing)));
      }
      return new HostBatch(clients, low.model().segmentCount());
    }

    private Submission submission(String name, Hints hints, HostQueue hwQueue) {
      Submission submission =
          switch (mode) {
            case Mode.Baseline _ -> new DirectSubmission(hwQueue);
            case Mode.Queues queues ->
                new XQueueSubmission(
                    XQueue.on(hwQueue)
                        .name(name)
                        .scheduler(scheduler)
                        .hints(hints)
                        .launchConfig(queues.launchConfig())
                        .level(queues.level())
                        .open());
            case Mode.Shim shim ->
                throw new IllegalArgumentException(
                    "the host device has no driver that could be intercepted: " + shim.label());
          };
      submissions.add(submission);
      return submission;
    }

    @Override
    public @Nullable Requests requests() {
      return requests;
    }

    @Override
    public @Nullable BatchSide batch() {
      return batch;
    }

    @Override
    public void giveUp() {
      device.close();
    }

    @Override
    public void close() {
      submissions.forEach(Submission::close);
      scheduler.close();
    }
  }
}
