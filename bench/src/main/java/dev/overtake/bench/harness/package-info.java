/**
 * Puts load on a device and measures it. A {@link dev.overtake.bench.harness.Trial} is one mode for
 * some seconds: clients, the queues that they submit to, and a scheduler or none. An {@link
 * dev.overtake.bench.harness.Experiment} interleaves the trials of all modes over several rounds
 * and sums them up. What is tested, and on what scale, is not decided here but by the suites.
 */
@NullMarked
package dev.overtake.bench.harness;

import org.jspecify.annotations.NullMarked;
