package dev.overtake.sim.comparison;

import java.util.List;

/**
 * What some queues of the first machine did in a short time: enough to see how a policy schedules.
 *
 * @param fromNanos its begin, virtual time
 * @param untilNanos its end
 * @param lanes a queue each, in the order in which they came
 */
public record Timeline(long fromNanos, long untilNanos, List<Lane> lanes) {
  /**
   * One queue.
   *
   * @param client the kind of client whose queue it is
   * @param number which of them, from 0
   * @param device that it is of
   * @param ran when its commands ran; commands without a pause between them are one span
   * @param held when the policy held it
   */
  public record Lane(String client, int number, String device, List<Span> ran, List<Span> held) {
    public Lane {
      ran = List.copyOf(ran);
      held = List.copyOf(held);
    }
  }

  /** From a time to another, virtual nanoseconds. */
  public record Span(long fromNanos, long untilNanos) {}

  public Timeline {
    lanes = List.copyOf(lanes);
  }
}
