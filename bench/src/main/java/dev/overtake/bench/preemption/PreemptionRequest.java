package dev.overtake.bench.preemption;

import java.util.List;

/**
 * What somebody asked for.
 *
 * @param device {@code host}, or such as {@code cuda:0}
 * @param thresholds commands in flight, each at least 1
 * @param latencyMicros length of the commands that are preempted, above 0
 * @param samples suspensions of each level and threshold; 0 for none
 * @param overheadMicros lengths of the commands whose throughput is measured, each above 0
 * @param rounds how often each throughput is measured; 0 for never
 * @param secondsPerTrial how long one such measurement takes, above 0
 */
public record PreemptionRequest(
    String device,
    List<Integer> thresholds,
    int latencyMicros,
    int samples,
    List<Integer> overheadMicros,
    int rounds,
    double secondsPerTrial) {

  public PreemptionRequest {
    thresholds = List.copyOf(thresholds);
    overheadMicros = List.copyOf(overheadMicros);
  }
}
