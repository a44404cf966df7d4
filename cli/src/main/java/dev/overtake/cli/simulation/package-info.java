/**
 * What {@code overtake sim} shows of a simulation: results as JSON, the table on the terminal, and
 * the report, made of the pieces that bench's report is made of. Pure functions of a {@link
 * dev.overtake.sim.comparison.Comparison}.
 */
@NullMarked
package dev.overtake.cli.simulation;

import org.jspecify.annotations.NullMarked;
