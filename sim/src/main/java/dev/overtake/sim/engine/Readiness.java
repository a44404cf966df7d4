package dev.overtake.sim.engine;

import dev.overtake.core.policy.QueueStatus;
import dev.overtake.sim.model.Client;
import org.jspecify.annotations.Nullable;

/**
 * Whether a queue is ready, and what its policy sees of it. It is ready from when its thread comes
 * to a launch until nothing has been in flight, and nothing has waited to be launched, for as long
 * as it lingers.
 */
final class Readiness {
  /** Pids that Linux does not give. */
  private static final long OWN_PROCESSES = 1L << 32;

  private final SimulatedQueue queue;
  private final Client client;
  private final Timers.Timer lingered;
  private boolean ready;
  private long sinceNanos;
  private @Nullable QueueStatus status;

  Readiness(SimulatedQueue queue, Client client, Timers timers) {
    this.queue = queue;
    this.client = client;
    lingered = timers.make(this::becomeIdle);
  }

  boolean isReady() {
    return ready;
  }

  /** The queue has work. */
  void work(long now) {
    lingered.cancel();
    if (!ready) {
      ready = true;
      sinceNanos = now;
      status = null;
      queue.becameReady(now);
    }
  }

  /** The queue has no more work. */
  void noWork(long now) {
    if (client.lingerNanos() > 0) {
      lingered.set(now + client.lingerNanos());
    } else {
      becomeIdle(now);
    }
  }

  private void becomeIdle(long now) {
    ready = false;
    status = null;
    queue.becameIdle(now);
  }

  /**
   * The queue as the policy sees it.
   *
   * @param servedNanos for how long its commands have run
   */
  QueueStatus status(long servedNanos) {
    if (status == null || status.servedNanos() != servedNanos) {
      long id = queue.identity().id();
      long process = client.process();
      status =
          new QueueStatus(
              id,
              client.name(),
              client.device(),
              process == Client.OWN_PROCESS ? OWN_PROCESSES + id : process,
              client.nice(),
              ready,
              sinceNanos,
              servedNanos,
              client.hints());
    }
    return status;
  }
}
