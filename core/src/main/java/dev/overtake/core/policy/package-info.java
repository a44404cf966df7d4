/**
 * Who may run: hints that describe a queue, and policies that decide over all queues of a device.
 *
 * <p>A {@link dev.overtake.core.policy.Policy} is a pure function of a {@link
 * dev.overtake.core.policy.Snapshot} and a time. Nothing here holds a lock, reads a clock or knows
 * what a queue is made of, so that the same policy object decides in a running scheduler and in
 * virtual time.
 */
@NullMarked
package dev.overtake.core.policy;

import org.jspecify.annotations.NullMarked;
