package dev.overtake.client;

import dev.overtake.core.policy.Hints;
import java.util.Optional;

/**
 * What one thread tells Overtake about itself. A thread that has hints gets a queue of its own, so
 * that the requests that it serves overtake the batch work of other threads of the process, on the
 * same accelerator and even on the same stream.
 *
 * <pre>{@code
 * try (var _ = ThreadHints.current().priority(10)) {
 *   answer(request);
 * }
 * }</pre>
 *
 * <p>Only the thread itself may use its object. Without Overtake, and under it while it schedules
 * nothing, nothing happens; what is wrong use is wrong there, too.
 */
public final class ThreadHints {
  private final Thread thread;

  private ThreadHints(Thread thread) {
    this.thread = thread;
  }

  /**
   * Whether Overtake's library is at work in this process. Not if it was started without it, or if
   * the scheduling was turned off, could not begin or was given up. It does not say that there is
   * an accelerator: {@code overtake status} shows what is scheduled. Any thread may ask.
   */
  public static boolean isActive() {
    return Shim.isActive();
  }

  /**
   * The hints of the thread that calls this.
   *
   * @throws UnsupportedOperationException in a virtual thread, which has no hints of its own:
   *     Overtake knows its carrier, on which other virtual threads run by turns
   */
  public static ThreadHints current() {
    var thread = Thread.currentThread();
    if (thread.isVirtual()) {
      throw new UnsupportedOperationException(
          ("virtual thread '%s' cannot have hints of its own, since it shares its carrier:"
                  + " use a platform thread (Thread.ofPlatform()) for what is to have a priority")
              .formatted(thread.getName()));
    }
    return new ThreadHints(thread);
  }

  /**
   * What the thread was given; nothing without Overtake.
   *
   * @throws WrongThreadException if another thread calls this
   */
  public Optional<Hints> given() {
    requireOwnThread();
    return Shim.threadPriority().map(Hints::priority);
  }

  /**
   * Short for {@link #apply} with hints of this priority.
   *
   * @param priority larger is more urgent, {@value Hints#MIN_PRIORITY} to {@value
   *     Hints#MAX_PRIORITY}
   * @throws IllegalArgumentException if it is out of range
   * @throws WrongThreadException if another thread calls this
   */
  public Scope priority(int priority) {
    return apply(Hints.priority(priority));
  }

  /**
   * Gives the thread the priority of these hints; what else they say is for queues, and not looked
   * at. It holds for what the thread submits from now on, until the scope is closed, or, if it
   * never is, until the thread ends.
   *
   * @throws WrongThreadException if another thread calls this
   */
  public Scope apply(Hints hints) {
    var scope = new Scope(given());
    Shim.setThreadPriority(hints.priority());
    return scope;
  }

  private void requireOwnThread() {
    if (Thread.currentThread() != thread) {
      throw new WrongThreadException(
          ("these are the hints of thread '%s', but thread '%s' uses them:"
                  + " call ThreadHints.current() where they are to hold")
              .formatted(thread.getName(), Thread.currentThread().getName()));
    }
  }

  /** While it is open, its thread has the hints that it was opened with. */
  public final class Scope implements AutoCloseable {
    private final Optional<Hints> before;
    private boolean closed;

    private Scope(Optional<Hints> before) {
      this.before = before;
    }

    /**
     * Gives the thread back what it had when the scope was opened: other hints, or none. Scopes are
     * closed in the opposite order. Idempotent.
     *
     * @throws WrongThreadException if another thread calls this
     */
    @Override
    public void close() {
      requireOwnThread();
      if (!closed) {
        closed = true;
        before.ifPresentOrElse(
            hints -> Shim.setThreadPriority(hints.priority()), Shim::clearThreadPriority);
      }
    }
  }
}
