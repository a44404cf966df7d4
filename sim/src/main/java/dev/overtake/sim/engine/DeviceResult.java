package dev.overtake.sim.engine;

/**
 * What one device did after the warm-up, on all machines of a kind.
 *
 * @param name of the device
 * @param devices how many there were
 * @param utilization the share of the time of all engines in which they ran commands, 0 to 1
 * @param busyNanos for which engines ran commands
 * @param handOverNanos that engines lost between queues
 * @param handOvers how often an engine went from one queue to another
 * @param interruptions how often a command stopped before its end: at L3, and where turns end
 */
public record DeviceResult(
    String name,
    int devices,
    double utilization,
    long busyNanos,
    long handOverNanos,
    long handOvers,
    long interruptions) {}
