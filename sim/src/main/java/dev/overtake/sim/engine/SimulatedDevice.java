package dev.overtake.sim.engine;

import dev.overtake.sim.model.Device;
import dev.overtake.sim.model.Sharing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A device: engines that take the oldest launched command of one queue after the other. A queue
 * waits while it has launched commands, none of them runs, and the oldest is not taken back.
 */
final class SimulatedDevice {
  private final Device device;
  private final DeviceStatistics statistics;
  private final Observer observer;
  private final List<SimulatedQueue> queues = new ArrayList<>();
  private final BitSet waiting = new BitSet();
  private final Engine[] engines;
  private final ServiceOrder order;

  /** How long a turn is at most, or {@link Timers#NEVER}. */
  private final long sliceNanos;

  /** Where its queues share one. */
  private final @Nullable HardwareQueue sharedQueue;

  private int freeEngines;
  private long launches;

  SimulatedDevice(Device device, DeviceStatistics statistics, Timers timers, Observer observer) {
    this.device = device;
    this.statistics = statistics;
    this.observer = observer;
    engines = new Engine[device.engines()];
    Arrays.setAll(engines, i -> new Engine(i, timers, this));
    freeEngines = device.engines();
    boolean oneOrder = device.sharing() instanceof Sharing.Fifo;
    order = oneOrder ? ServiceOrder.byLaunch(queues) : ServiceOrder.inTurn();
    sharedQueue = oneOrder ? new HardwareQueue(device.queueDepthCommands()) : null;
    sliceNanos = device.sharing() instanceof Sharing.TimeSlices(long slice) ? slice : Timers.NEVER;
  }

  Device device() {
    return device;
  }

  /** Where what a queue launches waits. */
  HardwareQueue hardwareQueue() {
    return sharedQueue != null ? sharedQueue : new HardwareQueue(device.queueDepthCommands());
  }

  /** Takes a queue; returns the index by which the device knows it. */
  int add(SimulatedQueue queue) {
    queues.add(queue);
    return queues.size() - 1;
  }

  /** A command was launched; returns its place in the order of launches. */
  long nextLaunch() {
    return launches++;
  }

  /** The queue's commands are waiting, if it has any that may run and none runs. */
  void offer(SimulatedQueue queue) {
    boolean takenBack = queue.isHeld() && canTakeBackOldest(queue);
    if (queue.engine == null && !takenBack && !queue.inFlight().isEmpty()) {
      waiting.set(queue.index());
    }
  }

  /** What the device can take back of a queue that is held, it takes back. */
  void hold(SimulatedQueue queue, long now) {
    if (!canTakeBackOldest(queue)) {
      return; // It goes on, and if a turn's end interrupts it, in the queue's next turn.
    }
    waiting.clear(queue.index());
    if (queue.engine != null) { // At level 3.
      interrupt(queue.engine, now);
    }
  }

  private boolean canTakeBackOldest(SimulatedQueue queue) {
    return switch (device.level()) {
      case L1 -> false;
      case L2 -> !queue.inFlight().isOldestStarted();
      case L3 -> true;
    };
  }

  /** Lets free engines take what waits. */
  void dispatch(long now) {
    while (freeEngines > 0 && !waiting.isEmpty()) {
      SimulatedQueue queue = queues.get(order.next(waiting));
      Engine engine = freeEngine(queue);
      engine.turnNanos = now;
      start(engine, queue, now);
    }
    if (sliceNanos != Timers.NEVER && !waiting.isEmpty()) {
      endTurns(now);
    }
  }

  /** One that comes from this queue, if it is free, or any. */
  private Engine freeEngine(SimulatedQueue queue) {
    Engine free = null;
    for (Engine engine : engines) {
      if (engine.isFree() && (free == null || engine.last == queue)) {
        free = engine;
      }
    }
    return Objects.requireNonNull(free, "there are as many free engines as counted");
  }

  private void start(Engine engine, SimulatedQueue queue, long now) {
    waiting.clear(queue.index());
    freeEngines--;
    boolean handOver = engine.last != null && engine.last != queue;
    engine.running = queue;
    engine.last = queue;
    queue.engine = engine;
    engine.takenNanos = now;
    engine.begunNanos = handOver ? now + device.handOverNanos() : now;
    engine.finish.set(engine.begunNanos + queue.inFlight().oldestRemainingNanos());
    if (handOver) {
      statistics.handOver(now);
    }
    observer.commandStarted(queue.identity(), engine.index, engine.begunNanos - now, now);
    queue.started(engine.begunNanos, now);
  }

  /** Takes the running command off its engine, and counts what it ran. */
  private SimulatedQueue stop(Engine engine, long now) {
    SimulatedQueue queue = Objects.requireNonNull(engine.running, "it runs");
    account(engine, queue, now);
    queue.inFlight().ran(ranNanos(engine, now));
    engine.running = null;
    queue.engine = null;
    freeEngines++;
    return queue;
  }

  private void account(Engine engine, SimulatedQueue queue, long now) {
    statistics.handingOver(engine.takenNanos, Math.min(engine.begunNanos, now));
    statistics.ran(engine.begunNanos, now);
    queue.statistics().served(engine.begunNanos, now);
  }

  private static long ranNanos(Engine engine, long now) {
    return Math.max(0, now - engine.begunNanos);
  }

  /** The engine's command is finished. The device goes on before software hears of it. */
  void finished(Engine engine, long now) {
    SimulatedQueue queue = stop(engine, now);
    int flags = queue.inFlight().removeOldest();
    observer.commandFinished(queue.identity(), engine.index, now);
    offer(queue);
    if (sliceNanos != Timers.NEVER && waiting.get(queue.index())) {
      start(engine, queue, now); // Its turn goes on: somebody who waits has set its end.
    } else {
      engine.turnEnd.cancel();
      dispatch(now);
    }
    queue.finished(flags, now);
    if (sharedQueue != null) {
      sharedQueue.proceed(now); // It may be another queue's turn to launch.
    }
  }

  private SimulatedQueue interrupt(Engine engine, long now) {
    engine.finish.cancel();
    engine.turnEnd.cancel();
    SimulatedQueue queue = stop(engine, now);
    statistics.interrupted(now);
    observer.commandInterrupted(
        queue.identity(), engine.index, queue.inFlight().oldestRemainingNanos(), now);
    return queue;
  }

  /** Sees to it that nobody has more than his turn while others wait. */
  private void endTurns(long now) {
    for (Engine engine : engines) {
      if (!engine.turnEnd.isSet()) {
        long turns = (now - engine.turnNanos) / sliceNanos + 1;
        engine.turnEnd.set(engine.turnNanos + turns * sliceNanos);
      }
    }
  }

  void turnEnded(Engine engine, long now) {
    if (waiting.isEmpty()) {
      return; // Those who waited were held or served meanwhile: a new turn begins.
    }
    SimulatedQueue queue = interrupt(engine, now);
    // Whoever waits comes before it.
    engine.turnNanos = now;
    start(engine, queues.get(order.next(waiting)), now);
    offer(queue);
    dispatch(now);
  }

  /** Counts what runs at the end of the simulation. */
  void end(long now) {
    for (Engine engine : engines) {
      if (engine.running != null) {
        account(engine, engine.running, now);
      }
    }
  }
}
