package dev.overtake.sim.model;

import dev.overtake.core.xqueue.PreemptionLevel;

/**
 * An XPU.
 *
 * @param name no other device of its machine has it
 * @param engines how many commands, of different queues, run at once, at least 1; commands of one
 *     queue run one after the other
 * @param level what the scheduler can take back from it
 * @param sharing which of the launched commands comes next
 * @param handOverNanos what an engine loses when it goes from one queue to another, 0 or more
 * @param launchOverheadNanos what a launch takes the launching thread, 0 or more; launches of one
 *     queue follow one another
 * @param queueDepthCommands how many launched commands one of its hardware queues takes before a
 *     launch has to wait, at least 1; a queue that is scheduled keeps to its launch config instead
 */
public record Device(
    String name,
    int engines,
    PreemptionLevel level,
    Sharing sharing,
    long handOverNanos,
    long launchOverheadNanos,
    int queueDepthCommands) {
  /** About what CUDA's driver takes. */
  public static final int DRIVERS_QUEUE_DEPTH = 1024;

  /**
   * @throws IllegalArgumentException if a value is out of range; the message says what to give
   */
  public Device {
    Check.given("a device", name);
    Check.positive("the number of engines of device " + name, engines);
    Check.notNegative("the hand-over of device " + name, handOverNanos);
    Check.notNegative("the launch overhead of device " + name, launchOverheadNanos);
    Check.positive("the queue depth of device " + name, queueDepthCommands);
  }

  /** A device of one engine on which nothing but the commands takes time. */
  public static Device ideal(String name, PreemptionLevel level, Sharing sharing) {
    return new Device(name, 1, level, sharing, 0, 0, DRIVERS_QUEUE_DEPTH);
  }
}
