package dev.overtake.platform.host;

import dev.overtake.core.xqueue.DeviceLostException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The host device: one engine that executes the commands of its hardware queues, one at a time. It
 * takes turns among the queues, a command each, and runs what it has started to its end unless that
 * is interrupted at a preemption point of its own.
 *
 * <p>Safe for use by any thread. A command must not close the device or wait for other commands.
 */
public final class HostDevice implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(HostDevice.class.getName());

  private final int threads;
  private final Thread engine;

  final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition quiet = lock.newCondition();

  // Under the lock.
  private final List<HardwareFifo> fifos = new ArrayList<>();
  private final List<HostQueue> queues = new ArrayList<>();
  private int nextTurn;
  private HardwareFifo.@Nullable Entry running;
  private boolean closed;

  private HostDevice(int threads) {
    this.threads = threads;
    engine = Thread.ofPlatform().name("overtake-host-engine").daemon().unstarted(this::execute);
  }

  /**
   * Opens a device.
   *
   * @param threads how many threads a command may compute on, the engine's own included: 1 to the
   *     number of processors
   * @throws IllegalArgumentException if there are fewer processors
   */
  public static HostDevice open(int threads) {
    int processors = Runtime.getRuntime().availableProcessors();
    if (threads < 1 || threads > processors) {
      throw new IllegalArgumentException(
          "the host device was asked for %d threads: this machine gives 1 to %d"
              .formatted(threads, processors));
    }
    var device = new HostDevice(threads);
    device.engine.start();
    return device;
  }

  public String name() {
    return "host";
  }

  /**
   * How many threads a command may compute on, the engine's own included. The device starts no
   * others: who brings a thread pool into a command sizes it by this.
   */
  public int threads() {
    return threads;
  }

  /**
   * Opens a hardware queue.
   *
   * @throws DeviceLostException if the device is closed
   */
  public HostQueue openQueue() {
    return openQueue(new HardwareFifo());
  }

  HostQueue openQueue(HardwareFifo fifo) {
    lock.lock();
    try {
      requireOpen();
      var queue = new HostQueue(this, fifo);
      queues.add(queue);
      if (!fifos.contains(fifo)) {
        fifos.add(fifo);
      }
      return queue;
    } finally {
      lock.unlock();
    }
  }

  void closeQueue(HostQueue queue) {
    lock.lock();
    try {
      queues.remove(queue);
      if (queues.stream().noneMatch(other -> other.fifo() == queue.fifo())) {
        fifos.remove(queue.fifo());
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets the running command finish and gives up the rest: the queues that still have commands, or
   * get some, learn that the device is lost. Idempotent.
   *
   * @throws IllegalStateException if a command calls it
   */
  @Override
  public void close() {
    requireNotEngine("close the device");
    List<HostQueue> orphans;
    lock.lock();
    try {
      closed = true;
      work.signalAll();
      while (engine.isAlive() && running != null) {
        quiet.awaitUninterruptibly();
      }
      fifos.forEach(HardwareFifo::clear);
      orphans = queues.stream().filter(HostQueue::isAttached).toList();
      queues.clear();
      quiet.signalAll();
    } finally {
      lock.unlock();
    }
    for (HostQueue orphan : orphans) {
      orphan.listener().lost(lost());
    }
  }

  void requireOpen() {
    if (closed) {
      throw lost();
    }
  }

  private static DeviceLostException lost() {
    return new DeviceLostException("the host device was closed: close its queues before it");
  }

  /** Called under the lock when something may have become runnable, or no longer is. */
  void runnableChanged() {
    work.signal();
    quiet.signalAll();
  }

  /** Waits until nothing of this queue executes or may be executed. */
  void awaitQuiet(HostQueue queue) throws InterruptedException {
    requireNotEngine("synchronize a queue");
    lock.lockInterruptibly();
    try {
      while ((running != null && running.queue() == queue) || queue.fifo().hasRunnable(queue)) {
        quiet.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void requireNotEngine(String what) {
    if (Thread.currentThread() == engine) {
      throw new IllegalStateException(
          "a command tried to %s and would wait for itself: do that on another thread"
              .formatted(what));
    }
  }

  /** The engine's life. */
  private void execute() {
    HardwareFifo.Entry entry = take();
    while (entry != null) {
      execute(entry);
      entry = take();
    }
  }

  /** Waits for a command that may run; null once the device is closed. */
  private HardwareFifo.@Nullable Entry take() {
    lock.lock();
    try {
      running = null;
      quiet.signalAll();
      while (!closed) {
        running = takeInTurn();
        if (running != null) {
          return running;
        }
        work.awaitUninterruptibly();
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private HardwareFifo.@Nullable Entry takeInTurn() {
    for (int i = 0; i < fifos.size(); i++) {
      int turn = (nextTurn + i) % fifos.size();
      HardwareFifo.Entry entry = fifos.get(turn).takeRunnable();
      if (entry != null) {
        nextTurn = turn + 1;
        return entry;
      }
    }
    return null;
  }

  /** Runs a command to its end or to where it is interrupted, and reports. */
  private void execute(HardwareFifo.Entry entry) {
    HostQueue queue = entry.queue();
    boolean more;
    try {
      do {
        more = entry.command().advance();
      } while (more && !queue.isInterrupted());
    } catch (Throwable e) { // A command is foreign code: whatever it throws is its own failure.
      more = false;
      report(() -> queue.listener().failed(entry.command(), e));
    }
    var _ = Thread.interrupted(); // One that a command left behind is not the next command's.
    long marker = 0;
    lock.lock();
    try {
      if (more) {
        queue.fifo().putBack(entry);
      } else {
        marker = queue.finishOne();
      }
    } finally {
      lock.unlock();
    }
    if (marker != 0) {
      long reached = marker;
      report(() -> queue.listener().completed(reached));
    }
  }

  /** The engine outlives a listener that throws: a scheduler of somebody's, for one. */
  private static void report(Runnable news) {
    try {
      news.run();
    } catch (RuntimeException | Error e) {
      LOGGER.log(Level.ERROR, "the listener of a host queue failed", e);
    }
  }
}
