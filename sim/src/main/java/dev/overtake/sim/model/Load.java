package dev.overtake.sim.model;

import java.util.List;

/** When a client's requests are due. */
public sealed interface Load {
  /** How open-loop requests follow one another. */
  enum Arrivals {
    /** Exponential gaps: users who know nothing of one another. */
    POISSON,
    /** Equal gaps from a random moment of the first one on: a camera. */
    PERIODIC,
    /** Gaps of anything from 0 to twice the mean. */
    UNIFORM
  }

  /**
   * Requests come whether or not those before them are finished.
   *
   * @param ratePerSecond on average, of each client; above 0
   */
  record OpenLoop(Arrivals arrivals, double ratePerSecond) implements Load {
    /**
     * @throws IllegalArgumentException if the rate is not above 0
     */
    public OpenLoop {
      Check.positive("the rate in requests a second", ratePerSecond);
    }
  }

  /**
   * The next request is due a while after the one before it has finished. The first one is due
   * after such a while, too. A batch loop has a think time of 0, and may {@linkplain
   * Work#requestsAhead run ahead}: then it keeps so many requests unfinished.
   *
   * @param thinkNanos how long that while is
   */
  record ClosedLoop(Distribution thinkNanos) implements Load {
    /** Without a pause: a batch loop. */
    public static ClosedLoop withoutPause() {
      return new ClosedLoop(new Distribution.Constant(0));
    }
  }

  /**
   * Recorded requests. Each client of the kind sends all of them.
   *
   * @param requests at least one, in the order in which they are due
   */
  record Replay(List<TraceRequest> requests) implements Load {
    /**
     * @throws IllegalArgumentException if there are none, or one is due before its predecessor
     */
    public Replay {
      requests = List.copyOf(requests);
      Check.notEmpty("requests of a trace", requests);
      for (int i = 1; i < requests.size(); i++) {
        if (requests.get(i).dueNanos() < requests.get(i - 1).dueNanos()) {
          throw new IllegalArgumentException(
              "request %d of the trace is due before request %d: give them in order"
                  .formatted(i + 1, i));
        }
      }
    }
  }

  /**
   * One recorded request.
   *
   * @param dueNanos from the client's start, 0 or more
   * @param commandNanos how long each of its commands takes, 0 or more each; empty: as the client's
   *     {@linkplain Client#work work} says
   */
  record TraceRequest(long dueNanos, List<Long> commandNanos) {
    /**
     * @throws IllegalArgumentException if a time is negative
     */
    public TraceRequest {
      Check.notNegative("the time when a request is due", dueNanos);
      commandNanos = List.copyOf(commandNanos);
      commandNanos.forEach(nanos -> Check.notNegative("a command of a trace", nanos));
    }
  }
}
