package dev.overtake.shim;

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
   * Has a thread of the low program launch kernels into a stream that it has not used before, and
   * the high program, a bystander until now, hold them. Until then the stream is blocked, so that
   * none of them has run by the time they stand stalled, however long that takes.
   *
   * @param kernels their name and how many
   */
  static void hold(Lab lab, Puppet high, Puppet low, String thread, String stream, String kernels) {
    low.act(thread + " block " + stream, thread + " launch " + stream + " " + kernels);
    high.act("a block default");
    low.act("main unblock");
    Waiting.until("it stands", () -> lab.trace().writes(low.pid()) > 0);
  }

  private StalledWork() {}
}
