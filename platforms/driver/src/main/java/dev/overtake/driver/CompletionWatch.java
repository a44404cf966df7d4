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

  /** What does nothing any more, whichever {@link Domain}s stand for it. */
  private record Loss(Object key, Throwable cause) {}

  /** Never changed, but replaced: going through it allocates nothing. */
  private volatile StreamQueue[] queues = {};

  private final Queue<Loss> losses = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean resting;

  private CompletionWatch(String name, Runnable preparation) {
    thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> run(preparation));
  }

  /**
   * The watch of this name, which is started when it is first asked for.
   *
   * @param name of its thread
   * @param preparation what the thread does first
   */
  public static CompletionWatch named(String name, Runnable preparation) {
    return WATCHES.computeIfAbsent(
        name,
        _ -> {
          var watch = new CompletionWatch(name, preparation);
          watch.thread.start();
          return watch;
        });
  }

  synchronized void add(StreamQueue queue) {
    StreamQueue[] more = Arrays.copyOf(queues, queues.length + 1);
    more[queues.length] = queue;
    queues = more;
  }

  synchronized void remove(StreamQueue queue) {
    queues = Arrays.stream(queues).filter(each -> !each.equals(queue)).toArray(StreamQueue[]::new);
  }

  /** There is something to look at. */
  void wake() {
    if (resting) {
      LockSupport.unpark(thread);
    }
  }

  /** It has failed: every queue in it loses its device, soon. */
  void lose(Object key, Throwable cause) {
    losses.add(new Loss(key, cause));
    wake();
  }

  /** The queues whose streams are this object's, not those of another one for the same. */
  List<StreamQueue> queuesOf(Domain domain) {
    return Arrays.stream(queues).filter(queue -> queue.domain() == domain).toList();
  }

  private void run(Runnable preparation) {
    preparation.run();
    var backoff = new Backoff();
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
    for (StreamQueue queue : queues) {
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
    int reported = 0;
    for (StreamQueue queue : queues) {
      Domain domain = queue.domain();
      if (domain != null && domain.key().equals(loss.key())) {
        try {
          queue.lose(loss.cause());
        } catch (RuntimeException | Error e) {
          logFailureOfListener(e);
        }
        reported++;
      }
    }
    return reported;
  }

  private boolean hasWork() {
    for (StreamQueue queue : queues) {
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
