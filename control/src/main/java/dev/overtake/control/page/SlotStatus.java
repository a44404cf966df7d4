package dev.overtake.control.page;

import dev.overtake.core.policy.Hints;

/**
 * One queue at one moment. Fields were read one after the other while its owner may have gone on;
 * only who it is belongs together for sure.
 *
 * @param slot its index
 * @param id of this queue, and of no other that this page ever had
 * @param owner the process
 * @param device index of the device
 * @param key a thread's tid, a stream's handle, or 0
 * @param name of the program or thread
 * @param ready whether it has unfinished commands
 * @param held whether a thread of it waits at the gate
 * @param level preemption level in effect, 1 to 3
 * @param inFlight commands, roughly
 * @param submitted commands so far
 * @param completed commands known to be complete
 * @param readySinceNanos when it became ready, if it is
 * @param busyNanos sum of the ready times that ended
 * @param heldNanos sum of its threads' times at the gate
 * @param threshold launch config in effect, commands
 * @param batch the same
 * @param gateClosed whether its gate is closed
 * @param priority larger is more urgent; as it stands on the page, also if that is damaged
 * @param hints what its policy is told, the priority included; within their ranges
 * @param wishes how it should be launched
 * @param suspended whether somebody suspended it
 * @param stuck whether it holds nobody at present, because it was found to make no progress
 * @param escapes how often it was found so
 */
public record SlotStatus(
    int slot,
    long id,
    Owner owner,
    int device,
    Scope scope,
    long key,
    String name,
    boolean ready,
    boolean held,
    int level,
    int inFlight,
    long submitted,
    long completed,
    long readySinceNanos,
    long busyNanos,
    long heldNanos,
    int threshold,
    int batch,
    boolean gateClosed,
    int priority,
    Hints hints,
    Wishes wishes,
    boolean suspended,
    boolean stuck,
    long escapes) {

  /** The time that it was ready in all, the present one included. */
  public long readyNanos(long nowNanos) {
    return busyNanos + (ready ? Math.max(0, nowNanos - readySinceNanos) : 0);
  }
}
