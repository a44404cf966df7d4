package dev.overtake.platform.host;

import dev.overtake.core.xqueue.Command;

/**
 * A command for the host engine: a piece of work with preemption points of its own choice. The
 * engine calls {@link #advance} until it says that nothing is left; between two calls, and only
 * there, the command can be interrupted (L3). Its progress is its own to keep.
 */
public abstract class HostCommand extends Command {
  /** Work without preemption points. */
  @FunctionalInterface
  public interface Work {
    void run() throws Exception;
  }

  protected HostCommand() {}

  /** A command that runs this work from start to end. */
  public static HostCommand of(Work work) {
    return new HostCommand() {
      @Override
      protected boolean advance() throws Exception {
        work.run();
        return false;
      }
    };
  }

  /**
   * Works up to the next preemption point, or to the end. Called on the engine's thread, never
   * twice at a time. It must not wait for another command of the same device.
   *
   * @return whether there is more to do
   * @throws Exception if the command failed; it is not called again
   */
  protected abstract boolean advance() throws Exception;
}
