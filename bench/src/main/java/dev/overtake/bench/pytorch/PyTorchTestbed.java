package dev.overtake.bench.pytorch;

import dev.overtake.bench.harness.BatchSide;
import dev.overtake.bench.harness.Mode;
import dev.overtake.bench.harness.Requests;
import dev.overtake.bench.harness.Sharing;
import dev.overtake.bench.harness.Testbed;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Workers that are ready, a set for each way in which they are scheduled.
 *
 * @param sets by mode; the one of the baseline is without the shim
 * @param probe looks at the low side's queue
 */
record PyTorchTestbed(Map<Mode, WorkerSet> sets, QueueProbe probe) implements Testbed {
  private static final double WARM_UP_SECONDS = 1;
  private static final long SPIN_NANOS = 100_000;

  /** How long a side may take to end: the low one finishes the iterations that it has begun. */
  private static final long PATIENCE_SECONDS = 60;

  @Override
  public double warmUpSeconds() {
    return WARM_UP_SECONDS;
  }

  @Override
  public long spinNanos() {
    return SPIN_NANOS;
  }

  @Override
  public Setup setUp(Sharing sharing) {
    WorkerSet set = sets.get(sharing.mode());
    if (set == null) {
      throw new IllegalArgumentException("no workers for " + sharing.label());
    }
    return new WorkerSetup(sharing, set, probe);
  }

  private static final class WorkerSetup implements Setup {
    private final WorkerSet set;
    private final @Nullable WorkerRequests requests;
    private final @Nullable WorkerBatch batch;

    private boolean givenUp;
    private volatile boolean closed;

    WorkerSetup(Sharing sharing, WorkerSet set, QueueProbe probe) {
      this.set = set;
      requests = sharing.high() ? new WorkerRequests(set.exchange(Side.HIGH)) : null;
      batch = sharing.low() ? new WorkerBatch(set.exchange(Side.LOW), probe) : null;
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
    public List<String> said() {
      return set.saidByShim();
    }

    /** Once the low side stops, a high side that lags behind catches up; a hung one is killed. */
    @Override
    public void giveUp() {
      if (givenUp) {
        return;
      }
      givenUp = true;
      if (requests != null) {
        requests.giveUp();
      }
      CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .execute(this::killUnlessClosed);
    }

    private void killUnlessClosed() {
      if (!closed) {
        set.kill("did not end its work within " + PATIENCE_SECONDS + " s");
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
