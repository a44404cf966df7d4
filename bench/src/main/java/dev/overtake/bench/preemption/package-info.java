/**
 * How fast a queue gives a device back, and what it costs: preemption latency and runtime overhead
 * by level, threshold and length of commands, on commands that do nothing but last. What these
 * measurements come to is theirs alone; pages, tables and the description of the machine are those
 * of the co-location tests.
 */
@NullMarked
package dev.overtake.bench.preemption;

import org.jspecify.annotations.NullMarked;
