package dev.overtake.sim.engine;

import dev.overtake.sim.model.Client;
import org.HdrHistogram.Histogram;

/** Counts what becomes of the requests of one kind of client, on one machine after the other. */
final class ClientStatistics {
  /** Of 1 % and better, as the bench has it. */
  private static final int SIGNIFICANT_DIGITS = 3;

  private final long fromNanos;
  private final Histogram histogram = new Histogram(SIGNIFICANT_DIGITS);
  private long requests;
  private long finished;
  private long latencyNanos;
  private long waitingNanos;
  private long iterations;
  private long commands;
  private long serviceNanos;

  /**
   * @param fromNanos when the warm-up is over
   */
  ClientStatistics(long fromNanos) {
    this.fromNanos = fromNanos;
  }

  void requestDue(long due) {
    if (due >= fromNanos) {
      requests++;
    }
  }

  void requestFinished(long due, long begun, long now) {
    if (due >= fromNanos) {
      finished++;
      latencyNanos += now - due;
      waitingNanos += begun - due;
      histogram.recordValue(now - due);
    }
  }

  void requestUnfinished(long due, long end) {
    if (due >= fromNanos) {
      histogram.recordValue(end - due);
    }
  }

  void commandFinished(boolean lastOfIteration, long now) {
    if (now >= fromNanos) {
      commands++;
      if (lastOfIteration) {
        iterations++;
      }
    }
  }

  void served(long begin, long end) {
    serviceNanos += DeviceStatistics.measured(begin, end, fromNanos);
  }

  ClientResult result(Client client, int machines) {
    return new ClientResult(
        client.name(),
        client.count() * machines,
        requests,
        finished,
        iterations,
        commands,
        serviceNanos,
        mean(latencyNanos),
        mean(waitingNanos),
        histogram);
  }

  private double mean(long sum) {
    return finished == 0 ? 0 : (double) sum / finished;
  }
}
