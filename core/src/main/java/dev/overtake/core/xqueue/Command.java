package dev.overtake.core.xqueue;

import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One unit of work for an accelerator: a kernel launch, a copy, a graph launch, a host function.
 * Platforms extend it with what their hardware queue needs to launch it.
 *
 * <p>A command is used once. It carries the links and marks of the queue that it was submitted to,
 * so that queueing it allocates nothing; whoever submits it first owns it. {@link #state()} and
 * {@link #failure()} may be read by any thread.
 *
 * <p>A command that needs something for as long as it is queued (memory on the device, say) takes
 * hold of it in {@link #accepted} and lets go in {@link #finished}.
 */
public abstract class Command {
  /** Where a command is on its way through a queue. */
  public enum State {
    /** Not submitted yet. */
    CREATED,
    /** Accepted by a queue, not launched. */
    PENDING,
    /** Launched to the hardware queue; not known to have finished. */
    IN_FLIGHT,
    /** Ran to its end. */
    COMPLETED,
    /** Ended with an error, or was lost with its device. */
    FAILED,
    /** Taken out of its queue before it was launched. */
    DROPPED;

    /** Whether nothing further happens to the command. */
    public boolean isFinished() {
      return this == COMPLETED || this == FAILED || this == DROPPED;
    }
  }

  private static final System.Logger LOGGER = System.getLogger(Command.class.getName());
  private static final VarHandle OWNER;

  static {
    try {
      OWNER = MethodHandles.lookup().findVarHandle(Command.class, "owner", XQueue.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile @Nullable XQueue owner;
  private volatile State state = State.CREATED;

  // The rest belongs to the owner's launch worker, under the owner's lock. A finished state, which
  // is volatile, makes the failure that was written before it visible to everyone.
  @Nullable Command next;
  long submitNumber;
  long launchNumber;
  @Nullable Throwable failure;

  protected Command() {}

  /** Where the command is now. */
  public final State state() {
    return state;
  }

  /** Why the command failed, or null unless its state is {@link State#FAILED}. */
  public final @Nullable Throwable failure() {
    return state == State.FAILED ? failure : null;
  }

  /**
   * A queue has taken the command, and nothing has happened to it yet. Called once, under the
   * queue's lock.
   *
   * @throws RuntimeException if the command cannot be run: the submitter gets it, and the queue is
   *     as it was
   */
  protected void accepted() {}

  /**
   * Nothing further happens to the command, which its {@link #state} will say as soon as this has
   * returned. Called once, if {@link #accepted} returned; under the queue's lock, by whichever
   * thread brought the news. Must neither wait nor throw; what it throws is logged.
   */
  protected void finished() {}

  /** Makes the queue the command's owner; false if it has one already. */
  final boolean claim(XQueue queue) {
    return OWNER.compareAndSet(this, null, queue);
  }

  /** It was refused before it was submitted: it may be submitted again. */
  final void disclaim() {
    owner = null;
  }

  final boolean isOwnedBy(XQueue queue) {
    return owner == queue;
  }

  final void enter(State state) {
    if (state.isFinished()) {
      try {
        finished();
      } catch (RuntimeException | Error e) { // The queue, and who awaits the command, go on.
        LOGGER.log(Level.WARNING, "a command threw when it heard that it has finished", e);
      }
    }
    this.state = state;
  }
}
