package dev.overtake.core.xqueue;

import dev.overtake.core.xqueue.Command.State;
import org.jspecify.annotations.Nullable;

/**
 * Progressive launching (XSched, OSDI'25, Fig. 6): a queue's unfinished commands, and the rule by
 * which they go to the hardware. At most {@code threshold} are in flight, with a completion marker
 * behind every {@code batch} launches.
 *
 * <p>While anything is in flight, at least one marker is outstanding: when the last one is reached
 * with launches behind it, another is placed behind those. So every command is seen to finish, up
 * to {@code batch - 1} commands late in mid-stream, in time if it is the last; and a change of the
 * launch config cannot leave commands that nobody watches.
 *
 * <p>It is not a thread: a submission, a completion or a resume runs it on the thread that brought
 * it, so that a launch costs no hand-over between threads. It is confined to its queue's lock, but
 * for {@link #stopSoon} and {@link #isStopped}.
 *
 * <p>The commands form one list, linked through the commands themselves, in two parts:
 *
 * <pre>{@code
 * oldest -> ... -> lastLaunched -> firstPending -> ... -> newest
 * |------- in flight ---------|    |------ pending ------|
 * }</pre>
 */
@SuppressWarnings("ReferenceEquality") // A command is equal to nothing but itself.
final class LaunchWorker {
  private final HwQueue hwQueue;
  private LaunchConfig config;

  private @Nullable Command oldest;
  private @Nullable Command lastLaunched;
  private @Nullable Command firstPending;
  private @Nullable Command newest;

  private long submitted;
  private long launched;
  private long marked;
  private long retired;
  private long completed;
  private long failed;
  private long dropped;

  /** Also written and read without the lock, see {@link #stopSoon}. */
  private volatile boolean stopped;

  private boolean launching;
  private @Nullable Throwable firstFailure;

  LaunchWorker(HwQueue hwQueue, LaunchConfig config) {
    this.hwQueue = hwQueue;
    this.config = config;
  }

  void setConfig(LaunchConfig config) {
    this.config = config;
  }

  LaunchConfig config() {
    return config;
  }

  /**
   * Has a thread that is launching under the lock stop after its command, so that who wants the
   * lock to stop the queue need not wait for all that there is room for. What holds is what {@link
   * #setStopped} then says.
   */
  void stopSoon() {
    stopped = true;
  }

  /** Whether the worker leaves pending commands where they are. */
  void setStopped(boolean stopped) {
    this.stopped = stopped;
  }

  /** Likewise; read without the lock, too. */
  boolean isStopped() {
    return stopped;
  }

  void append(Command command) {
    command.submitNumber = ++submitted;
    command.enter(State.PENDING);
    if (newest == null) {
      oldest = command;
    } else {
      newest.next = command;
    }
    newest = command;
    if (firstPending == null) {
      firstPending = command;
    }
  }

  /**
   * Launches all that may be launched. Called again from within a launch, by hardware that finishes
   * at once, it leaves the rest to the call that is under way.
   *
   * @throws RuntimeException if the hardware refused a marker: nobody would see the commands
   *     finish. An error is thrown on as well
   */
  void run() {
    if (launching) {
      return;
    }
    launching = true;
    try {
      boolean roomMayHaveCome;
      do {
        while (firstPending != null && !stopped && inFlight() < config.thresholdCommands()) {
          launch(firstPending);
          if (launched - marked >= config.batchCommands()) {
            mark();
          }
        }
        // Hardware may finish within the marker call what stands before it.
        roomMayHaveCome = marked == retired && mark();
      } while (roomMayHaveCome);
    } finally {
      launching = false;
    }
  }

  private void launch(Command command) {
    command.launchNumber = ++launched;
    command.enter(State.IN_FLIGHT);
    lastLaunched = command;
    firstPending = command.next;
    try {
      hwQueue.launch(command);
    } catch (RuntimeException | Error e) { // Whatever a driver throws is the command's own failure.
      noteFailure(command, e);
    }
  }

  /** Remembers why a launched command fails, until a marker tells that it has come to its end. */
  void noteFailure(Command command, Throwable cause) {
    if (command.state() == State.IN_FLIGHT && command.failure == null) {
      command.failure = cause;
    }
  }

  /** Places a marker behind what was launched last; false if one stands there. */
  private boolean mark() {
    if (marked == launched) {
      return false;
    }
    marked = launched;
    hwQueue.marker(marked);
    return true;
  }

  /** Everything up to this launch has finished. */
  void retire(long launchNumber) {
    while (oldest != null && oldest != firstPending && oldest.launchNumber <= launchNumber) {
      Command command = unlinkOldest(oldest);
      retired = command.launchNumber;
      if (command.failure == null) {
        completed++;
        command.enter(State.COMPLETED);
      } else {
        fail(command, command.failure);
      }
    }
  }

  /** Drops every command that was not launched. */
  void dropPending() {
    Command command = firstPending;
    firstPending = null;
    newest = lastLaunched;
    if (newest == null) {
      oldest = null;
    } else {
      newest.next = null;
    }
    while (command != null) {
      Command next = command.next;
      command.next = null;
      dropped++;
      command.enter(State.DROPPED);
      command = next;
    }
  }

  /** Ends every unfinished command: with its own failure if it has one, or with this. */
  void failAll(Throwable cause) {
    firstPending = null;
    while (oldest != null) {
      Command command = unlinkOldest(oldest);
      fail(command, command.failure == null ? cause : command.failure);
    }
    retired = launched;
    marked = launched;
  }

  private Command unlinkOldest(Command first) {
    oldest = first.next;
    first.next = null; // A finished command that somebody keeps must not keep all later ones.
    if (first == lastLaunched) {
      lastLaunched = null;
    }
    if (oldest == null) {
      newest = null;
    }
    return first;
  }

  private void fail(Command command, Throwable cause) {
    failed++;
    command.failure = cause;
    if (firstFailure == null) {
      firstFailure = cause;
    }
    command.enter(State.FAILED);
  }

  /** The first failure since the last call, or null. */
  @Nullable Throwable takeFirstFailure() {
    Throwable failure = firstFailure;
    firstFailure = null;
    return failure;
  }

  long inFlight() {
    return launched - retired;
  }

  boolean isIdle() {
    return oldest == null;
  }

  /** Whether everything up to this submission has finished. */
  boolean hasFinished(long submitNumber) {
    return oldest == null || oldest.submitNumber > submitNumber;
  }

  long submitted() {
    return submitted;
  }

  CommandCounts counts() {
    return new CommandCounts(submitted, launched, completed, failed, dropped);
  }
}
