package dev.overtake.platform.opencl;

import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.platform.opencl.OpenCl.Kind;

/** A cl_command_queue: where the driver takes commands. Several XQueues may share one. */
public final class OpenClQueue extends OpenClObject {
  private final OpenClContext context;
  private final boolean outOfOrder;

  /** Queues that are open on it; negative for one that has it for itself. Guarded by this. */
  private int users;

  OpenClQueue(OpenClContext context, boolean outOfOrder) {
    super(
        Kind.QUEUE,
        OpenCl.createQueue(
            context.handle(), context.device().handle(), outOfOrder ? OpenCl.OUT_OF_ORDER : 0));
    this.context = context;
    this.outOfOrder = outOfOrder;
  }

  public OpenClContext context() {
    return context;
  }

  boolean isOutOfOrder() {
    return outOfOrder;
  }

  /** Opens a hardware queue of level 1, beside others that it may have. */
  public OpenClHwQueue openQueue() {
    return openQueue(PreemptionLevel.L1);
  }

  /**
   * Opens a hardware queue that reaches this level. At level 2 each command waits for a user event
   * until all but one of those before it are done: a suspended queue stops behind the command that
   * runs and the next.
   *
   * @throws IllegalStateException if a queue of level 2 would share commands in their order with
   *     another: those would wait for what it holds back
   * @throws UnsupportedOperationException if the level is out of reach
   */
  public OpenClHwQueue openQueue(PreemptionLevel level) {
    if (level == PreemptionLevel.L3) {
      throw new UnsupportedOperationException(
          "a running command of OpenCL cannot be interrupted: ask for L1 or L2");
    }
    enter(level == PreemptionLevel.L2 && !outOfOrder);
    try {
      return new OpenClHwQueue(this, level);
    } catch (RuntimeException e) {
      leave();
      throw e;
    }
  }

  private synchronized void enter(boolean alone) {
    if (users < 0 || (alone && users > 0)) {
      throw new IllegalStateException(
          "a queue of level 2 has an in-order command queue for itself: open another, or one that"
              + " is out of order");
    }
    retain();
    users = alone ? -1 : users + 1;
  }

  void leave() {
    synchronized (this) {
      users = users < 0 ? 0 : users - 1;
    }
    release();
  }

  @Override
  public String toString() {
    return "a command queue on " + context.device().label();
  }
}
