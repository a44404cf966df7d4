package dev.overtake.sim.engine;

import org.HdrHistogram.Histogram;

/**
 * What became of the requests of one kind of client, on all machines of a kind, after the warm-up.
 * Latency counts from when a request was due. A request is counted if it was due after the warm-up.
 *
 * @param name of the client
 * @param clients how many there were
 * @param requests that were due
 * @param finished how many of these were finished at the end
 * @param iterations that were finished after the warm-up
 * @param commands that were finished after the warm-up
 * @param serviceNanos for which engines ran their commands after the warm-up
 * @param meanLatencyNanos of the finished requests, from due to finished; 0 if there are none
 * @param meanWaitingNanos the same, from due to when the device first began with it
 * @param latencyHistogram of all that were due: those unfinished at the end count with the time
 *     that they had waited by then. Not to be changed
 */
public record ClientResult(
    String name,
    int clients,
    long requests,
    long finished,
    long iterations,
    long commands,
    long serviceNanos,
    double meanLatencyNanos,
    double meanWaitingNanos,
    Histogram latencyHistogram) {}
