package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Low work that stands stalled on the device behind waits in its stream, since a high queue stays
 * ready; it is the high program, and nobody else, that could let it on.
 */
final class StalledWork {
  /** Sets what makes every low command have a wait before it. */
  static Lab prepare(Lab lab) {
    return lab.with("OVERTAKE_LEVEL", 2).with("OVERTAKE_THRESHOLD", 512).with("OVERTAKE_BATCH", 1);
  }

  /** A program that has used the device once: its queue is on the page, and idle. */
  static Puppet bystander(Lab lab, int priority) {
    return lab.puppet(priority).act("a device 0", "a launch default empty 1", "a sync default");
  }

  /**
   * Has the high program, a bystander until now, hold the low one, which has launched {@code count}
   * kernels, and returns once some of these stand stalled. They must take long enough for that.
   */
  static void hold(Lab lab, Puppet high, Puppet low, int count) {
    high.act("a block default");
    Waiting.until(
        "the device stalls",
        () -> {
          int before = lab.trace().kernels(low.pid()).size();
          high.act("b unblock", "a sync default", "a block default");
          assertThat(before).as("kernels that ran before any could be held").isLessThan(count);
          return before > 0;
        });
  }

  private StalledWork() {}
}
