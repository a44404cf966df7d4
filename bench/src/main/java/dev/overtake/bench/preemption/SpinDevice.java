package dev.overtake.bench.preemption;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.function.Supplier;

/** A device whose commands do nothing but last. Confined to the thread that opened it. */
interface SpinDevice extends AutoCloseable {
  /** Name of the accelerator. */
  String name();

  /**
   * Opens a hardware queue that has the device's queue for itself.
   *
   * @throws UnsupportedOperationException if the level is out of reach
   */
  HwQueue openQueue(PreemptionLevel level);

  /** Commands that last so long by the device's clock; launching one comes on top. */
  Supplier<? extends Command> spinning(long nanos);

  /** Likewise; they also count themselves as they begin and end. Of one length at a time. */
  Supplier<? extends Command> counted(long nanos);

  /** How many counted commands have begun. */
  int begun();

  /** How many counted commands have ended. */
  int ended();

  /**
   * Launches commands without any queue of ours, as the device's own interface has it, and waits
   * for the last.
   *
   * @return how long that took, nanoseconds
   */
  long launchBare(Supplier<? extends Command> commands, int count) throws InterruptedException;

  @Override
  void close();
}
