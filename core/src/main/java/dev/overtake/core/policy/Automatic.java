package dev.overtake.core.policy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * AUTO: tells interactive processes from batch work by what they do, without any hint, and then
 * works as {@linkplain HighestPriorityFirst HPF} with interactive processes above batch work. Our
 * own; the guess is that of time-sharing systems since the multilevel feedback queue (Corbató et
 * al., 1962): who keeps the machine busy for long is batch work.
 *
 * <h2>The guess</h2>
 *
 * A process has a balance: the time that it is ready is added, twice the time that it is idle is
 * taken away, down to 0. While it is ready and held, nothing is counted, for that is not its doing.
 *
 * <ul>
 *   <li>Whoever comes counts as interactive until the balance reaches 250 ms. So who is ready that
 *       long without a gap is batch work, and who is ready for more than two thirds of the time
 *       becomes it a while later. Who has gaps of a third of the time and more never does, unless
 *       one of the spans itself is as long.
 *   <li>The balance of batch work then is 2 s, and has to come down to 0 before it is interactive
 *       again: a second without work, or several with little. Batch work that loads its data for a
 *       moment does not become interactive by it.
 * </ul>
 *
 * <p><b>Hints win.</b> A queue with a priority other than 0 keeps it, and is not part of the guess.
 * Without one an interactive queue has priority 0 and batch work -1.
 *
 * <p>It goes by process, since what is interactive of a process may wait for the rest of it: all
 * its queues without a hint share one balance. Within one process it does nothing.
 *
 * <p>Invariants: those of HPF with these priorities, but for slices: a process without hints that
 * has been held for a second runs for 10 ms beside whoever is ready. So it cannot starve; a hinted
 * queue can, as with HPF. Never leaves a device idle that has work.
 */
public final class Automatic implements Policy {
  private static final int INTERACTIVE = Hints.DEFAULT_PRIORITY;
  private static final int BATCH = INTERACTIVE - 1;

  private static final long IDLE = -1;

  private record Memory(long atNanos, Entities processes, List<Behaviour> behaviours) {
    static Memory none(long nowNanos) {
      return new Memory(nowNanos, Entities.nobody(Entities.Grouping.WHOLE_PROCESS), List.of());
    }
  }

  @Override
  public String name() {
    return "AUTO";
  }

  @Override
  public Decision schedule(Snapshot snapshot, long nowNanos) {
    List<QueueStatus> queues = snapshot.queues();
    Memory past = snapshot.memory() instanceof Memory m ? m : Memory.none(nowNanos);
    Entities processes = past.processes.next(queues);
    Behaviour[] behaviours =
        behaviours(processes, readyFor(queues, processes, nowNanos), past, nowNanos);
    BitSet held =
        Floors.below(
            queues,
            processes.devicesOfQueues(),
            i -> priority(queues.get(i), behaviours[processes.of(i)]));
    for (int i = held.nextSetBit(0); i >= 0; i = held.nextSetBit(i + 1)) {
      QueueStatus queue = queues.get(i);
      int process = processes.of(i);
      if (!hinted(queue)) {
        if (behaviours[process].served()) {
          held.clear(i);
        } else if (queue.ready()) {
          behaviours[process] = behaviours[process].now(true, true);
        }
      }
    }
    var wakeUp = new WakeUp();
    for (Behaviour behaviour : behaviours) {
      wakeUp.in(behaviour.changesInNanos());
    }
    return Decision.hold(held, wakeUp.after(nowNanos))
        .remembering(new Memory(nowNanos, processes, Arrays.asList(behaviours)));
  }

  private static boolean hinted(QueueStatus queue) {
    return queue.hints().priority() != Hints.DEFAULT_PRIORITY;
  }

  private static int priority(QueueStatus queue, Behaviour ofProcess) {
    if (hinted(queue)) {
      return queue.hints().priority();
    }
    return ofProcess.batch() ? BATCH : INTERACTIVE;
  }

  /** For how long each process has been ready, or a negative time if it is idle. */
  private static long[] readyFor(List<QueueStatus> queues, Entities processes, long nowNanos) {
    long[] readyFor = new long[processes.count()];
    Arrays.fill(readyFor, IDLE);
    for (int i = 0; i < queues.size(); i++) {
      QueueStatus queue = queues.get(i);
      if (queue.ready() && !hinted(queue)) {
        int process = processes.of(i);
        readyFor[process] = Math.max(readyFor[process], queue.readyForNanos(nowNanos));
      }
    }
    return readyFor;
  }

  /** How each process has behaved until now; not yet held by this decision. */
  private static Behaviour[] behaviours(
      Entities processes, long[] readyFor, Memory past, long nowNanos) {
    long sinceNanos = Math.max(0, nowNanos - past.atNanos);
    int[] before = processes.in(past.processes);
    var behaviours = new Behaviour[readyFor.length];
    for (int process = 0; process < behaviours.length; process++) {
      Behaviour behaviour =
          before[process] == Entities.NONE
              ? Behaviour.NEWCOMER
              : past.behaviours.get(before[process]);
      // Who was ready and is idle is so since now: a change is a reason to decide.
      long busy = behaviour.ready() ? sinceNanos : Math.clamp(readyFor[process], 0, sinceNanos);
      behaviours[process] =
          behaviour.after(sinceNanos - busy, busy).now(readyFor[process] != IDLE, false);
    }
    return behaviours;
  }
}
