package dev.overtake.sim.engine;

import java.util.BitSet;
import java.util.List;

/** Which of the queues that could run a command comes next on a device. */
interface ServiceOrder {
  /**
   * Chooses one of them.
   *
   * @param waiting the indexes of those queues; not empty
   */
  int next(BitSet waiting);

  /** One order over the commands of all queues: that of the launches. */
  static ServiceOrder byLaunch(List<SimulatedQueue> queues) {
    return waiting -> {
      int first = waiting.nextSetBit(0);
      for (int i = waiting.nextSetBit(first + 1); i >= 0; i = waiting.nextSetBit(i + 1)) {
        if (queues.get(i).inFlight().oldestOrder() < queues.get(first).inFlight().oldestOrder()) {
          first = i;
        }
      }
      return first;
    };
  }

  /** The queue behind the one that came last, and around. */
  static ServiceOrder inTurn() {
    return new ServiceOrder() {
      private int last = -1;

      @Override
      public int next(BitSet waiting) {
        int next = waiting.nextSetBit(last + 1);
        last = next >= 0 ? next : waiting.nextSetBit(0);
        return last;
      }
    };
  }
}
