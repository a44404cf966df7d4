/**
 * The simulation: virtual time that goes from one event to the next, queues that launch as an
 * {@link dev.overtake.core.xqueue.XQueue} does, devices that take their commands, and schedulers
 * that ask a {@link dev.overtake.core.policy.Policy} as it is. {@link
 * dev.overtake.sim.engine.Simulation} is where to begin. Nothing here reads a clock, and all that
 * is random comes from the scenario's seed.
 */
@NullMarked
package dev.overtake.sim.engine;

import org.jspecify.annotations.NullMarked;
