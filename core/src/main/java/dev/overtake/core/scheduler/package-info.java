/**
 * Who asks the policy, and when. A {@link dev.overtake.core.scheduler.Scheduler} is told whenever a
 * queue is no longer what it was (ready, idle, suspended, given new hints), and holds or releases
 * the queues attached to it. What a queue does when it is held is not its business.
 */
@NullMarked
package dev.overtake.core.scheduler;

import org.jspecify.annotations.NullMarked;
