package dev.overtake.core.scheduler;

/**
 * Decides over the queues attached to it. Implementations are safe for use by any thread and may
 * call {@link Schedulable#hold} and {@link Schedulable#release} from within any of these methods;
 * callers therefore hold no lock of a queue.
 */
public interface Scheduler {
  /**
   * Takes a queue under this scheduler's control.
   *
   * @throws IllegalStateException if the scheduler is closed
   */
  void attach(Schedulable queue);

  /** Lets a queue go; it is left released. Does nothing if it was not attached. */
  void detach(Schedulable queue);

  /** Says that some queue's {@linkplain Schedulable#status status} is not what it was. */
  void changed();

  /**
   * The application-managed scheduler: it never holds a queue, so that only the application's own
   * suspend and resume calls do.
   */
  static Scheduler applicationManaged() {
    return ApplicationManagedScheduler.INSTANCE;
  }
}
