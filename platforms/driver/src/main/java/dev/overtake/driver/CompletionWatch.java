package dev.overtake.driver;

import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread of a device that looks at how far its queues have come, and reports. It rests
 * while nothing is on the device, and ends with the process.
 */
public final class CompletionWatch {
  private static final System.Logger LOGGER = System.getLogger(CompletionWatch.class.getName());
  private static final Map<String, CompletionWatch> WATCHES = new ConcurrentHashMap<>();

  /**
   * For how long a thread that waits for this machine's devices spins, before it looks at
   * intervals.
   */
  public static final long SPIN_NANOS = Backoff.SPIN_NANOS;

  /** What does nothing any more, whichever {@link Domain}s stand for it. */
  private record Loss(Object key, Throwable cause) {}

  /** Never changed, but replaced: going through it allocates nothing. */
  private volatile Watched[] queues = {};

  private final Queue<Loss> losses = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean resting;

  private CompletionWatch(String name, long spinNanos, Runnable preparation) {
    thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> run(spinNanos, preparation));
  }

  /**
   * The watch of this name, which is started when it is first asked for.
   *
   * @param name of its thread
   * @param spinNanos for how long it spins while nothing moves; {@link #SPIN_NANOS}, unless the
   *     device is short of the processor's time
   * @param preparation what the thread does first
   */
  public static CompletionWatch named(String name, long spinNanos, Runnable preparation) {
    return WATCHES.computeIfAbsent(
        name,
        _ -> {
          var watch = new CompletionWatch(name, spinNanos, preparation);
          watch.thread.start();
          return watch;
        });
  }

  /** It is looked at until it is removed. */
  public synchronized void add(Watched queue) {
    Watched[] more = Arrays.copyOf(queues, queues.length + 1);
    more[queues.length] = queue;
    queues = more;
  }

  public synchronized void remove(Watched queue) {
    queues = Arrays.stream(queues).filter(each -> !each.equals(queue)).toArray(Watched[]::new);
  }

  /** There is something to look at. */
  public void wake() {
    if (resting) {
      LockSupport.unpark(thread);
    }
  }

  /** Whether the calling thread is the watch's own, which must not wait for what it reports. */
  public boolean isCurrent() {
    return Thread.currentThread().equals(thread);
  }

  /** It has failed: every queue in it loses its device, soon. */
  void lose(Object key, Throwable cause) {
    losses.add(new Loss(key, cause));
    wake();
  }

  /** The queues whose streams are this object's, not those of another one for the same. */
  List<StreamQueue> queuesOf(Domain domain) {
    return Arrays.stream(queues)
        .filter(StreamQueue.class::isInstance)
        .map(StreamQueue.class::cast)
        .filter(queue -> queue.domain() == domain)
        .toList();
  }

  private void run(long spinNanos, Runnable preparation) {
    try {
      preparation.run();
    } catch (RuntimeException e) {
      LOGGER.log(Level.ERROR, "who looks how far a device has come could not prepare for it", e);
    }
    var backoff = new Backoff(spinNanos);
    while (true) {
      if (doWork() > 0) {
        backoff.reset();
      } else if (hasWork()) {
        backoff.pause();
      } else {
        rest();
        backoff.reset();
      }
    }
  }

  /** Looks at every queue once; returns how much there was to report. */
  private int doWork() {
    int reported = 0;
    for (Loss loss = losses.poll(); loss != null; loss = losses.poll()) {
      reported += report(loss);
    }
    long nowNanos = System.nanoTime();
    for (Watched queue : queues) {
      try {
        reported += queue.poll(nowNanos);
      } catch (RuntimeException | Error e) {
        logFailureOfListener(e);
      }
    }
    return reported;
  }

  /** A scheduler of somebody's, for one. The other queues are to hear of theirs all the same. */
  private static void logFailureOfListener(Throwable e) {
    LOGGER.log(Level.ERROR, "the listener of a queue failed", e);
  }

  private int report(Loss loss) {
    for (Watched queue : queues) {
      try {
        queue.lose(loss.key(), loss.cause());
      } catch (RuntimeException | Error e) {
        logFailureOfListener(e);
      }
    }
    return 1;
  }

  private boolean hasWork() {
    for (Watched queue : queues) {
      if (queue.isAwaited()) {
        return true;
      }
    }
    return !losses.isEmpty();
  }

  /** Whoever brings work and reads that this rests, or is read here, before it does. */
  private void rest() {
    resting = true;
    while (!hasWork()) {
      LockSupport.park(this);
    }
    resting = false;
  }
}
