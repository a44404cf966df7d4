package dev.overtake.sim.engine;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A device's queue of launched commands, of one software queue or of several that share it. It
 * takes so many; then whoever launches waits for a place, and who came first gets the next.
 */
final class HardwareQueue {
  private final int depth;
  private int taken;
  private final Deque<SimulatedQueue> waiting = new ArrayDeque<>();

  HardwareQueue(int depth) {
    this.depth = depth;
  }

  /** Whether there is a place for the queue's next command; if not, it waits for one. */
  boolean hasPlaceFor(SimulatedQueue queue) {
    if (taken < depth && (waiting.isEmpty() || waiting.peek() == queue)) {
      return true;
    }
    if (!waiting.contains(queue)) {
      waiting.add(queue);
    }
    return false;
  }

  /** The queue begins to launch a command. */
  void take(SimulatedQueue queue) {
    taken++;
    if (waiting.peek() == queue) {
      waiting.remove();
    }
  }

  /** A command is finished. */
  void leave() {
    taken--;
  }

  /** Who waits first launches, if there is a place. */
  void proceed(long now) {
    SimulatedQueue first = waiting.peek();
    if (first != null) {
      first.launch(now);
    }
  }
}
