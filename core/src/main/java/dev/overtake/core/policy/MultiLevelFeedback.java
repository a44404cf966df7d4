package dev.overtake.core.policy;

/**
 * MLFQ: who works in short bursts goes first, without anybody having said so. Multi-level feedback
 * (Corbató and others, "An experimental time-sharing system", 1962), with XSched's soft recovery
 * (OSDI'25, section 7.2). By process: all queues of a process on a device run together. Hints are
 * not looked at.
 *
 * <p>There are 4 levels. A process starts on top and sinks a level once it has run for longer than
 * the level's quantum (8, 32 and 128 ms from the top) within one burst; an idle time below 1 ms
 * does not end a burst, so a loop that waits for its device now and then is not taken for requests.
 * Only processes of the highest level that has work run; within it they take turns, of 2, 4, 8 and
 * 16 ms. Who has been idle rises a level every 20 ms, and who has waited since its last turn rises
 * a level every 200 ms for each process that waits or runs on its level: waiting for one's turn
 * among equals is no reason to rise.
 *
 * <p>Invariants: at most one process runs on a device, and one does if any is ready. A process
 * above the level of the one that runs is not held, idle as it may be: it launches at once. Nobody
 * starves: who waits is on top after a bounded time, and takes turns there.
 *
 * <p>Whoever begins beside continuous work shares with it until that has sunk. Requests that want
 * about as much as their part of that time, such as three tenths of a device beside two loops, then
 * leave no idle time to tell them by: they sink as well, and stay down.
 */
public final class MultiLevelFeedback implements Policy {
  @Override
  public String name() {
    return "MLFQ";
  }

  @Override
  public Decision schedule(Snapshot snapshot, long nowNanos) {
    var past =
        snapshot.memory() instanceof FeedbackMemory memory ? memory : FeedbackMemory.none(nowNanos);
    Entities entities = past.entities.next(snapshot.queues());
    return new FeedbackRound(entities, past, nowNanos).decision(snapshot.queues().size());
  }
}
