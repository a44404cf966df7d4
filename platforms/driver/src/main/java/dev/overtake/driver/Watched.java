package dev.overtake.driver;

/** A queue that a {@link CompletionWatch} looks at, from its thread. */
public abstract class Watched {
  /** Whether something on the device is waited for. Must not wait. */
  protected abstract boolean isAwaited();

  /**
   * Reports what the device has reached since the last call. Must not wait, since the watch has
   * other queues, too.
   *
   * @param nowNanos by {@link System#nanoTime}
   * @return 1 if there was something
   */
  protected abstract int poll(long nowNanos);

  /**
   * Something does nothing any more.
   *
   * @param key of the {@link Domain} that failed, which may not be this queue's
   */
  protected void lose(Object key, Throwable cause) {}
}
