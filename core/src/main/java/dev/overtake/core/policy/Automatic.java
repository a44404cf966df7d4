package dev.overtake.core.policy;

import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

  private record Memory(long atNanos, Map<Long, Behaviour> behaviours) {
    Memory {
      behaviours = Collections.unmodifiableMap(behaviours);
    }
  }

  @Override
  public String name() {
    return "AUTO";
  }

  @Override
  public Decision schedule(Snapshot snapshot, long nowNanos) {
    List<QueueStatus> queues = snapshot.queues();
    Map<Long, Long> readyFor = readyFor(queues, nowNanos);
    Map<Long, Behaviour> behaviours = behaviours(readyFor, snapshot.memory(), nowNanos);
    BitSet held = Floors.below(queues, QueueStatus::device, queue -> priority(queue, behaviours));
    for (int i = 0; i < queues.size(); i++) {
      QueueStatus queue = queues.get(i);
      if (held.get(i) && !hinted(queue)) {
        Behaviour behaviour = of(queue, behaviours);
        if (behaviour.served()) {
          held.clear(i);
        } else if (queue.ready()) {
          behaviours.put(queue.process(), behaviour.now(true, true));
        }
      }
    }
    var wakeUp = new WakeUp();
    behaviours.values().forEach(behaviour -> wakeUp.in(behaviour.changesInNanos()));
    return Decision.hold(held, wakeUp.after(nowNanos))
        .remembering(new Memory(nowNanos, behaviours));
  }

  private static boolean hinted(QueueStatus queue) {
    return queue.hints().priority() != Hints.DEFAULT_PRIORITY;
  }

  private static int priority(QueueStatus queue, Map<Long, Behaviour> behaviours) {
    if (hinted(queue)) {
      return queue.hints().priority();
    }
    return of(queue, behaviours).batch() ? BATCH : INTERACTIVE;
  }

  private static Behaviour of(QueueStatus queue, Map<Long, Behaviour> behaviours) {
    return behaviours.getOrDefault(queue.process(), Behaviour.NEWCOMER);
  }

  /** For how long each process has been ready, or a negative time if it is idle. */
  private static Map<Long, Long> readyFor(List<QueueStatus> queues, long nowNanos) {
    var readyFor = new HashMap<Long, Long>();
    for (QueueStatus queue : queues) {
      if (!hinted(queue)) {
        readyFor.merge(
            queue.process(), queue.ready() ? queue.readyForNanos(nowNanos) : -1, Math::max);
      }
    }
    return readyFor;
  }

  /** How each process has behaved until now; not yet held by this decision. */
  private static Map<Long, Behaviour> behaviours(
      Map<Long, Long> readyFor, @Nullable Object memory, long nowNanos) {
    Memory past = memory instanceof Memory m ? m : new Memory(nowNanos, Map.of());
    long sinceNanos = Math.max(0, nowNanos - past.atNanos);
    var behaviours = new HashMap<Long, Behaviour>();
    readyFor.forEach(
        (process, nanos) -> {
          Behaviour before = past.behaviours.getOrDefault(process, Behaviour.NEWCOMER);
          boolean ready = nanos >= 0;
          // Who was ready and is idle is so since now: a change is a reason to decide.
          long busy = before.ready() ? sinceNanos : Math.clamp(nanos, 0, sinceNanos);
          behaviours.put(process, before.after(sinceNanos - busy, busy).now(ready, false));
        });
    return behaviours;
  }
}
