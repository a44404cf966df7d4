/**
 * What an XQueue costs by itself: JMH benchmarks on hardware queues that do nothing, and the
 * overhead of level 1 on a stream of real commands. {@link dev.overtake.microbench.Microbench} runs
 * all of it. Nothing here is a test: a slow machine fails no build.
 */
@NullMarked
package dev.overtake.microbench;

import org.jspecify.annotations.NullMarked;
