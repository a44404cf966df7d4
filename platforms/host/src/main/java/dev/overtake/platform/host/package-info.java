/**
 * An XPU made of this machine's CPU: always there, and honest about what an accelerator is. It has
 * hardware queues that take commands in order, one engine that runs a started command to its end,
 * and all three preemption levels. What it cannot show is the cost of a driver or of a copy.
 */
@NullMarked
package dev.overtake.platform.host;

import org.jspecify.annotations.NullMarked;
