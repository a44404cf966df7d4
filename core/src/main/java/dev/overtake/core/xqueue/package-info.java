/**
 * The preemptible command queue. An {@link dev.overtake.core.xqueue.XQueue} keeps the commands that
 * it was given, launches only a few at a time to its {@link dev.overtake.core.xqueue.HwQueue}, and
 * can therefore be suspended with little work in flight: XSched's queue abstraction and its
 * three-level hardware model (OSDI'25, section 4), in which a platform implements {@code HwQueue}
 * as far as its hardware reaches. Which queue may run is not decided here but by a {@link
 * dev.overtake.core.scheduler.Scheduler}.
 */
@NullMarked
package dev.overtake.core.xqueue;

import org.jspecify.annotations.NullMarked;
