package dev.overtake.platform.cuda;

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
final class CompletionWatch {
  private static final System.Logger LOGGER = System.getLogger(CompletionWatch.class.getName());
  private static final Map<Integer, CompletionWatch> WATCHES = new ConcurrentHashMap<>();

  /** A context of the driver's that does nothing any more, whichever objects stand for it. */
  private record Loss(long context, Throwable cause) {}

  /** Never changed, but replaced: going through it allocates nothing. */
  private volatile CudaHwQueue[] queues = {};

  private final Queue<Loss> losses = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean resting;

  private CompletionWatch(int device) {
    thread =
        Thread.ofPlatform().name("overtake-cuda-watch-" + device).daemon().unstarted(this::run);
  }

  /** The device's watch, which is started when it is first asked for. */
  static CompletionWatch of(CudaDevice device) {
    return WATCHES.computeIfAbsent(
        device.ordinal(),
        ordinal -> {
          var watch = new CompletionWatch(ordinal);
          watch.thread.start();
          return watch;
        });
  }

  synchronized void add(CudaHwQueue queue) {
    CudaHwQueue[] more = Arrays.copyOf(queues, queues.length + 1);
    more[queues.length] = queue;
    queues = more;
  }

  synchronized void remove(CudaHwQueue queue) {
    queues = Arrays.stream(queues).filter(each -> each != queue).toArray(CudaHwQueue[]::new);
  }

  /** There is something to look at. */
  void wake() {
    if (resting) {
      LockSupport.unpark(thread);
    }
  }

  /** The context has failed: every queue in it loses its device, soon. */
  void lose(CudaContext context, Throwable cause) {
    losses.add(new Loss(context.handle(), cause));
    wake();
  }

  /** The queues whose streams are this object's, not those of another one for the same context. */
  List<CudaHwQueue> queuesOf(CudaContext context) {
    return Arrays.stream(queues).filter(queue -> queue.context() == context).toList();
  }

  private void run() {
    CudaDriver.ignoreCaptures();
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
    for (CudaHwQueue queue : queues) {
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
    LOGGER.log(Level.ERROR, "the listener of a CUDA queue failed", e);
  }

  private int report(Loss loss) {
    int reported = 0;
    for (CudaHwQueue queue : queues) {
      CudaContext context = queue.context();
      if (context != null && context.handle() == loss.context()) {
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
    for (CudaHwQueue queue : queues) {
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
