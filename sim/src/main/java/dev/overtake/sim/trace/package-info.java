/**
 * Recorded requests: who sent them, when they were due, and how long their commands took. One JSON
 * object a line, so that a recording of any length is written and read in a little memory. The
 * format is described in docs/simulator.md.
 */
@NullMarked
package dev.overtake.sim.trace;

import org.jspecify.annotations.NullMarked;
