package dev.overtake.core.policy;

/**
 * Proportional shares of each device by turns: what UP, PUP, SPUP and CFS have in common. A turn
 * goes to the ready entity that is furthest behind its share (stride scheduling, Waldspurger and
 * Weihl 1995, in the bookkeeping of {@link ServiceLedger}). It lasts the entity's timeslice, scaled
 * by its weight against the average one, and not by less than a quarter or more than twice: shares
 * do not depend on the length of turns, so turns need not get tiny for small shares. It ends early
 * when the entity becomes idle, or when another one wakes up that is owed more by a quarter of a
 * timeslice: otherwise who works in short requests would lose a turn at each of them.
 *
 * <p>Only one entity of a device runs at a time; all others are held, the idle ones too. Nobody is
 * held where nobody is ready. Work that is in flight when a turn ends runs in the next one's time,
 * but is charged to its owner where the scheduler can tell.
 *
 * <p>Under <em>strict</em> shares, an entity gets a turn only when it is owed something by the
 * clock, and is held after a turn until what it had too much is made up for.
 */
final class FairShare {
  private final Entities.Grouping grouping;
  private final Weights weights;
  private final boolean strict;

  FairShare(Entities.Grouping grouping, Weights weights, boolean strict) {
    this.grouping = grouping;
    this.weights = weights;
    this.strict = strict;
  }

  Decision schedule(Snapshot snapshot, long nowNanos) {
    var past =
        snapshot.memory() instanceof FairShareMemory memory
            ? memory
            : FairShareMemory.none(grouping, nowNanos);
    Entities entities = past.entities.next(snapshot.queues());
    Dues dues =
        entities.sameAs(past.entities) ? past.dues : Dues.of(snapshot.queues(), entities, weights);
    var ledger = new ServiceLedger(entities, dues, past, strict, nowNanos);
    var turns = new Turns(ledger, past, strict, nowNanos);
    return Decision.hold(turns.held(snapshot.queues().size()), turns.wakeUpNanos())
        .remembering(
            new FairShareMemory(
                nowNanos, entities, dues, ledger.owed, turns.running, turns.turnEndsNanos));
  }
}
