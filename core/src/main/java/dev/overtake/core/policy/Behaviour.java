package dev.overtake.core.policy;

/**
 * How a process has behaved, as {@link Automatic} sees it and explains it. Immutable.
 *
 * @param balanceNanos its ready time less what its idle time was worth; never below 0
 * @param batch whether it counts as batch work
 * @param waitedNanos for how long it has been held; running makes good for it
 * @param served whether it runs, whoever else is ready, until that is made good
 * @param ready whether it was ready at the last decision
 * @param held whether it was ready and held from then on
 */
record Behaviour(
    long balanceNanos,
    boolean batch,
    long waitedNanos,
    boolean served,
    boolean ready,
    boolean held) {
  /** Who has been ready so long without a gap is batch work. */
  static final long BOUND_NANOS = 250_000_000;

  /** What idle time is worth in ready time: who is ready for more than 2/3 of the time is batch. */
  static final long IDLE_WORTH = 2;

  /** The balance that batch work has to get rid of, by being idle, to be interactive again. */
  static final long PROOF_NANOS = 2_000_000_000;

  /** How long a process is held at most. */
  static final long PATIENCE_NANOS = 1_000_000_000;

  /** How long it runs then. */
  static final long SLICE_NANOS = 10_000_000;

  private static final long PATIENCE_PER_SLICE = PATIENCE_NANOS / SLICE_NANOS;

  /** More than this at once changes nothing any more. */
  private static final long LONG_NANOS = 2 * PROOF_NANOS;

  /** Of whom nothing is known yet. */
  static final Behaviour NEWCOMER = new Behaviour(0, false, 0, false, false, false);

  /** After it was idle and then ready for so long, held or not as this says. */
  Behaviour after(long idleNanos, long readyNanos) {
    long idle = Math.min(idleNanos, LONG_NANOS);
    long busy = Math.min(readyNanos, LONG_NANOS);
    long settled = Math.max(0, balanceNanos - IDLE_WORTH * idle);
    boolean stillBatch = batch && settled > 0;
    long balance = settled + (held ? 0 : busy);
    boolean becomesBatch = !stillBatch && balance >= BOUND_NANOS;
    long before = idle > 0 ? 0 : waitedNanos;
    long waited = Math.max(0, before + (held ? busy : -PATIENCE_PER_SLICE * busy));
    return new Behaviour(
        becomesBatch ? PROOF_NANOS : Math.min(balance, PROOF_NANOS),
        stillBatch || becomesBatch,
        waited,
        served ? waited > 0 : waited >= PATIENCE_NANOS,
        ready,
        held);
  }

  Behaviour now(boolean ready, boolean held) {
    return new Behaviour(balanceNanos, batch, waitedNanos, served, ready, held);
  }

  /** In how long it will have behaved such that something is decided otherwise. */
  long changesInNanos() {
    if (!ready) {
      return Decision.NEVER;
    }
    if (held) {
      return PATIENCE_NANOS - waitedNanos;
    }
    if (served) {
      return (waitedNanos + PATIENCE_PER_SLICE - 1) / PATIENCE_PER_SLICE;
    }
    return batch ? Decision.NEVER : BOUND_NANOS - balanceNanos;
  }
}
