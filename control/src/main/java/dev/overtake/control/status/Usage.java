package dev.overtake.control.status;

/**
 * How a queue used its device over the last seconds.
 *
 * @param readyShare share of the time that it was ready, 0 to 1
 * @param submittedPerSecond commands
 * @param heldShare time of its threads at the gate, by the time that went by; above 1 where several
 *     waited at once
 */
public record Usage(double readyShare, double submittedPerSecond, double heldShare) {}
