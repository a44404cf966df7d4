/**
 * Who asks the policy, and when. A {@link dev.overtake.core.scheduler.Scheduler} is told of every
 * queue that becomes ready or idle and holds or releases the queues attached to it. What a queue
 * does when it is held is not its business.
 */
@NullMarked
package dev.overtake.core.scheduler;

import org.jspecify.annotations.NullMarked;
