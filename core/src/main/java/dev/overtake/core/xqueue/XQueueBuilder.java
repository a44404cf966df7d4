package dev.overtake.core.xqueue;

import dev.overtake.core.policy.Hints;
import dev.overtake.core.scheduler.Scheduler;
import java.util.concurrent.atomic.AtomicLong;

/** What a queue starts with; everything but the scheduler and the name can be changed later. */
public final class XQueueBuilder {
  private static final AtomicLong CREATED = new AtomicLong();

  // XQueue reads them when it opens.
  final HwQueue hwQueue;
  String name = "xqueue-" + CREATED.incrementAndGet();
  Scheduler scheduler = Scheduler.applicationManaged();
  Hints hints = Hints.NONE;
  LaunchConfig launchConfig = LaunchConfig.DEFAULT;
  PreemptionLevel level = PreemptionLevel.L1;

  XQueueBuilder(HwQueue hwQueue) {
    this.hwQueue = hwQueue;
  }

  /** A name for people; by default {@code xqueue-} and a number. */
  public XQueueBuilder name(String name) {
    this.name = name;
    return this;
  }

  /** Who decides when the queue runs; by default only the application itself. */
  public XQueueBuilder scheduler(Scheduler scheduler) {
    this.scheduler = scheduler;
    return this;
  }

  public XQueueBuilder hints(Hints hints) {
    this.hints = hints;
    return this;
  }

  /** By default {@link LaunchConfig#DEFAULT}. */
  public XQueueBuilder launchConfig(LaunchConfig launchConfig) {
    this.launchConfig = launchConfig;
    return this;
  }

  /** By default {@link PreemptionLevel#L1}, which all hardware has. */
  public XQueueBuilder level(PreemptionLevel level) {
    this.level = level;
    return this;
  }

  /**
   * Opens the queue. If it cannot be opened, the hardware queue is closed, unless that is another
   * XQueue's.
   *
   * @throws IllegalArgumentException if the hardware does not reach the level
   * @throws IllegalStateException if the hardware queue has an XQueue already, or the scheduler is
   *     closed
   * @throws DeviceLostException if the device is gone
   */
  public XQueue open() {
    return XQueue.open(this);
  }
}
