package dev.overtake.driver;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * What fails as one, and what a driver waits for as one: a context of CUDA's, a device of HIP's.
 * Several domains may stand for the same one; they are lost together, and closed each for itself.
 *
 * <p>Thread-safe.
 */
public final class Domain {
  private static final System.Logger LOGGER = System.getLogger(Domain.class.getName());

  private final Object key;
  private final CompletionWatch watch;
  private final Gates gates;
  private final ExecutorService janitor;

  /**
   * @param key equal for all that stand for the same, in the whole process
   * @param watch of its queues
   * @param janitor the name of the thread that does what may wait for the device
   */
  public Domain(Object key, CompletionWatch watch, String janitor) {
    this.key = key;
    this.watch = watch;
    gates = Gates.of(key);
    this.janitor =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name(janitor).daemon().factory());
  }

  Object key() {
    return key;
  }

  /** Who keeps calls that wait for the device and shut gates apart. */
  public Gates gates() {
    return gates;
  }

  /** Has something done by a thread that may wait for the device; nothing, once it is closed. */
  public void later(Runnable action) {
    try {
      janitor.execute(action);
    } catch (RejectedExecutionException e) {
      LOGGER.log(
          Level.DEBUG, "what belonged to a context was let go after that was closed, and stays", e);
    }
  }

  /** It has failed: every queue in it loses its device, soon. */
  public void lose(Throwable cause) {
    watch.lose(key, cause);
  }

  /**
   * It is being closed: its queues hear of it when the device is done with what they launched, and
   * let that go then. What was to be done later has been done when this returns.
   *
   * @throws RuntimeException the driver's, if a queue could not be waited for, as while a stream is
   *     being captured: it has heard nothing, and does when this is called again
   */
  public void close(Throwable cause) {
    List<StreamQueue> lost =
        watch.queuesOf(this).stream()
            .filter(queue -> queue.abandon(cause) || !queue.isTold())
            .toList();
    RuntimeException failure = null;
    for (StreamQueue queue : lost) {
      try {
        queue.drain();
        queue.tellLost(cause);
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
    Uninterruptibly.close(janitor);
    gates.makeWaiting();
  }

  /** The driver has forgotten it, and may call another one so. */
  public void forget() {
    Gates.forget(key);
  }
}
