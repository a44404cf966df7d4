package dev.overtake.control.daemon;

import dev.overtake.control.page.Doorbell;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * All agents of the daemon, on one thread: every one does what is due, then the thread waits until
 * somebody rings or the next step is due.
 */
final class DutyCycle {
  /** It never spins: not even for a policy that wants to be asked all the time. */
  static final long MIN_WAIT_NANOS = 50_000;

  private final Doorbell doorbell;
  private final LongSupplier nanoClock;
  private final List<Agent> agents;
  private volatile boolean stopped;

  DutyCycle(Doorbell doorbell, LongSupplier nanoClock, List<? extends Agent> agents) {
    this.doorbell = doorbell;
    this.nanoClock = nanoClock;
    this.agents = List.copyOf(agents);
  }

  /** Goes on until it is stopped. */
  void run() {
    while (!stopped) {
      int seen = doorbell.rings(); // Before the work: a ring during it is heard after it.
      doWork();
      if (!stopped) {
        doorbell.await(seen, waitNanos());
      }
    }
  }

  /** Ends {@link #run} after the present step. Safe for use by any thread. */
  synchronized void stop() {
    if (!stopped) { // The page may be gone by the second time.
      stopped = true;
      doorbell.ring();
    }
  }

  /** One step of every agent; returns how much was done. */
  int doWork() {
    long nowNanos = nanoClock.getAsLong();
    return agents.stream().mapToInt(agent -> agent.doWork(nowNanos)).sum();
  }

  /** How long nothing is due unless somebody rings. */
  long waitNanos() {
    long dueNanos = agents.stream().mapToLong(Agent::dueNanos).min().orElse(Agent.NEVER);
    return Math.max(MIN_WAIT_NANOS, dueNanos - nanoClock.getAsLong());
  }
}
