package dev.overtake.sim.engine;

/**
 * Count, mean and spread of what was seen.
 *
 * @param count how many values
 * @param mean of them; 0 of none
 * @param variance of the population that they are a sample of; 0 of fewer than two
 */
public record Moments(long count, double mean, double variance) {}
