package dev.overtake.driver;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The gates of a domain's queues of level 2, and the calls of the driver that may wait for all work
 * of the domain. Such a call is not made while a gate is shut, since it would wait for who opens
 * it, maybe for ever; and a gate that is to be shut while one is being made is shut when it has
 * returned.
 *
 * <p>There is one for each context or device of the driver, however many {@link Domain}s stand for
 * it. Thread-safe; nothing here waits but what a call itself waits for.
 */
public final class Gates {
  private static final System.Logger LOGGER = System.getLogger(Gates.class.getName());
  private static final Map<Object, Gates> BY_DOMAIN = new ConcurrentHashMap<>();

  /** Where one queue's commands are held. */
  interface Gate {
    /** Does it at once: a word in memory. */
    void set(boolean open);
  }

  // Guarded by this.
  /** Those that are shut or, while a call is being made, are to be. */
  private final Set<Gate> shut = Collections.newSetFromMap(new IdentityHashMap<>());

  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int calls;
  private int queues;

  static Gates of(Object domain) {
    return BY_DOMAIN.computeIfAbsent(domain, _ -> new Gates());
  }

  /** The driver's context is no more; its handle may become another one's. */
  static void forget(Object domain) {
    BY_DOMAIN.remove(domain);
  }

  /**
   * Reserves a gate for a queue, until {@link #dismiss}.
   *
   * @param most how many queues can have one, since streams share what leads to the device
   * @return false if as many have
   */
  public synchronized boolean admit(int most) {
    if (queues >= most) {
      return false;
    }
    queues++;
    return true;
  }

  /** A queue gives its gate up. */
  public synchronized void dismiss() {
    queues--;
  }

  synchronized void shut(Gate gate) {
    shut.add(gate);
    if (calls == 0) {
      gate.set(false);
    }
  }

  /**
   * Opens it.
   *
   * @return whether calls have waited for this: somebody has to {@link #makeWaiting} who may wait
   */
  synchronized boolean open(Gate gate) {
    gate.set(true);
    shut.remove(gate);
    return shut.isEmpty() && !waiting.isEmpty();
  }

  /** Makes a call that may wait for the domain's work, now or when no gate is shut any more. */
  public void make(Runnable call) {
    synchronized (this) {
      if (!shut.isEmpty()) {
        waiting.add(call);
        return;
      }
      calls++;
    }
    run(call);
  }

  /**
   * Makes such a call if no gate is shut.
   *
   * @return whether it was made
   */
  public boolean makeNow(Runnable call) {
    synchronized (this) {
      if (!shut.isEmpty()) {
        return false;
      }
      calls++;
    }
    run(call);
    return true;
  }

  /** Makes the calls that have waited, as long as no gate is shut. */
  void makeWaiting() {
    for (Runnable call = next(); call != null; call = next()) {
      try {
        run(call);
      } catch (RuntimeException e) { // Who asked for it has gone on long ago.
        LOGGER.log(Level.ERROR, "what waited for a suspended queue failed", e);
      }
    }
  }

  private synchronized @Nullable Runnable next() {
    if (!shut.isEmpty() || waiting.isEmpty()) {
      return null;
    }
    calls++;
    return waiting.remove();
  }

  private void run(Runnable call) {
    try {
      call.run();
    } finally {
      synchronized (this) {
        if (--calls == 0) {
          shut.forEach(gate -> gate.set(false));
        }
      }
    }
  }
}
