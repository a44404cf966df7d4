package dev.overtake.core.xqueue;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.QueueStatus;
import dev.overtake.core.scheduler.Schedulable;
import dev.overtake.core.scheduler.Scheduler;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A preemptible command queue (XSched, OSDI'25, section 4): what is scheduled. Commands run in the
 * order in which they were submitted; only a few of them are on the hardware at a time (see {@link
 * LaunchConfig}), so that the queue can be stopped quickly (see {@link PreemptionLevel}).
 *
 * <p>A queue stops for two reasons that do not know of each other: the application {@linkplain
 * #suspend() suspended} it, or its {@linkplain Scheduler scheduler} holds it. It runs when neither
 * does.
 *
 * <p>Safe for use by any number of threads, including every change of level, launch config and
 * hints while commands run. A command that fails does not stop the queue: the failure goes to who
 * awaits that command and to the next {@link #awaitAll}, and the commands behind it run.
 *
 * <pre>{@code
 * try (var queue = XQueue.on(device.openQueue()).scheduler(scheduler).hints(Hints.priority(10)).open()) {
 *   Command last = queue.submit(command);
 *   queue.await(last);
 * }
 * }</pre>
 */
public final class XQueue implements AutoCloseable {
  private static final Duration FOR_EVER = ChronoUnit.FOREVER.getDuration();

  private final long id;
  private final String name;
  private final HwQueue hwQueue;
  private final Scheduler scheduler;
  private final Schedulable schedulable = new ScheduledSide();

  private static final AtomicLong NEXT_ID = new AtomicLong();
  private static final long THIS_PROCESS = ProcessHandle.current().pid();

  private final ReentrantLock lock = new ReentrantLock();

  // Under the lock, as is the launch worker; the volatile ones are read without it.
  private final LaunchWorker worker;
  private final Waiters waiters = new Waiters(lock);
  private final HardwareStop hardwareStop;
  private final BusyTime busyTime = new BusyTime();
  private PreemptionLevel level;
  private boolean suspended;
  private boolean held;
  private volatile boolean ready;
  private volatile boolean wantsToRun;
  private volatile long readySinceNanos; // Written before wantsToRun is.
  private volatile boolean closed;
  private volatile @Nullable Throwable lostCause;
  private volatile Hints hints;

  /** Begins to describe a queue that launches to this hardware queue, which it will own. */
  public static XQueueBuilder on(HwQueue hwQueue) {
    return new XQueueBuilder(hwQueue);
  }

  private XQueue(XQueueBuilder builder) {
    id = NEXT_ID.getAndIncrement();
    name = builder.name;
    hwQueue = builder.hwQueue;
    scheduler = builder.scheduler;
    hints = builder.hints;
    level = PreemptionLevel.L1; // What the builder says may be refused, once this owns the queue.
    worker = new LaunchWorker(hwQueue, builder.launchConfig);
    hardwareStop = new HardwareStop(hwQueue);
    hwQueue.attach(new CompletionSide());
  }

  static XQueue open(XQueueBuilder builder) {
    var queue = owning(builder);
    try {
      queue.setLevel(builder.level);
      queue.scheduler.attach(queue.schedulable);
    } catch (RuntimeException e) {
      queue.close(); // Nobody else could give up the hardware queue any more.
      throw e;
    }
    return queue;
  }

  private static XQueue owning(XQueueBuilder builder) {
    try {
      return new XQueue(builder);
    } catch (IllegalStateException e) { // It is another XQueue's.
      throw e;
    } catch (RuntimeException e) {
      builder.hwQueue.close(); // Nobody else could.
      throw e;
    }
  }

  /**
   * Appends a command. It is launched before this method returns if the queue may run and has room
   * in flight.
   *
   * @return the command, for {@link #await}
   * @throws IllegalArgumentException if the command is of another platform
   * @throws IllegalStateException if the command was submitted before, or the queue is closed
   * @throws DeviceLostException if the device is gone
   * @throws RuntimeException whatever the command says in {@link Command#accepted}
   */
  public <C extends Command> C submit(C command) {
    lock.lock();
    try {
      append(command);
      launch();
    } finally {
      unlock();
    }
    return command;
  }

  /**
   * Appends commands in this order, with none of another thread between them. The scheduler hears
   * of them once, when all have been appended: a request of several commands is not caught in a
   * decision after its first.
   *
   * @throws RuntimeException as {@link #submit} does, about the first command that cannot be
   *     appended; those before it are
   */
  public void submitAll(List<? extends Command> commands) {
    lock.lock();
    try {
      for (Command command : commands) {
        append(command);
      }
    } finally {
      try {
        launch();
      } finally {
        unlock();
      }
    }
  }

  /**
   * Waits until the command has finished; forever, if the queue is not allowed to run it.
   *
   * @throws CommandFailedException if the command failed
   * @throws CommandDroppedException if it was dropped
   * @throws IllegalArgumentException if the command was not submitted to this queue
   */
  public void await(Command command) throws InterruptedException {
    boolean _ = await(command, FOR_EVER);
  }

  /**
   * Like {@link #await(Command)}, but waits no longer than this.
   *
   * @return false if the command has not finished by then
   */
  public boolean await(Command command, Duration timeout) throws InterruptedException {
    if (!command.isOwnedBy(this)) {
      throw new IllegalArgumentException(
          "the command was not submitted to queue " + name + ": await it where it was submitted");
    }
    long timeoutNanos = NANOSECONDS.convert(timeout);
    if (!command.state().isFinished() && !worker.isStopped()) {
      long start = System.nanoTime();
      SpinningWait.await(
          command, Math.min(hwQueue.spinNanos(), timeoutNanos), hints.priority() > 0);
      timeoutNanos = Math.max(0, timeoutNanos - (System.nanoTime() - start));
    }
    if (!command.state().isFinished()) {
      long left = lockWithin(timeoutNanos);
      if (left < 0) {
        return command.state().isFinished();
      }
      try {
        if (!waiters.await(command.submitNumber, () -> command.state().isFinished(), left)) {
          return false;
        }
      } finally {
        unlock();
      }
    }
    switch (command.state()) {
      case FAILED -> throw new CommandFailedException(name, command.failure());
      case DROPPED -> throw new CommandDroppedException(name);
      default -> {}
    }
    return true;
  }

  /**
   * Takes the lock, which a launch has for as long as it takes: a model's, or one into a full
   * stream.
   *
   * @return what is left of the time then; below 0 if the lock was not to be had in it
   */
  private long lockWithin(long timeoutNanos) throws InterruptedException {
    if (lock.tryLock(0, NANOSECONDS)) {
      return Math.max(0, timeoutNanos);
    }
    long start = System.nanoTime();
    return lock.tryLock(timeoutNanos, NANOSECONDS)
        ? Math.max(0, timeoutNanos - (System.nanoTime() - start))
        : -1;
  }

  /**
   * Waits until everything submitted before this call has finished; forever, if the queue is not
   * allowed to run it. Dropped commands count as finished.
   *
   * @throws CommandFailedException if a command has failed since the last call of this method; of
   *     several failures the first is reported, once
   * @throws DeviceLostException if the device is gone, and no failure is left to report
   */
  public void awaitAll() throws InterruptedException {
    boolean _ = awaitAll(FOR_EVER);
  }

  /**
   * Like {@link #awaitAll()}, but waits no longer than this.
   *
   * @return false if something has not finished by then; failures are kept for the next call
   */
  public boolean awaitAll(Duration timeout) throws InterruptedException {
    Throwable failure;
    long left = lockWithin(NANOSECONDS.convert(timeout));
    if (left < 0) {
      return false;
    }
    try {
      long last = worker.submitted();
      if (!waiters.await(last, () -> worker.hasFinished(last), left)) {
        return false;
      }
      failure = worker.takeFirstFailure();
    } finally {
      unlock();
    }
    if (failure != null) {
      throw new CommandFailedException(name, failure);
    }
    requireDevice();
    return true;
  }

  /**
   * Stops the queue as far as its level reaches, until it is {@linkplain #resume() resumed}.
   * Commands may still be submitted. Does nothing if the queue is suspended.
   */
  public void suspend() {
    setSuspended(true);
  }

  /** Suspends the queue and does what the flag says. */
  public void suspend(SuspendFlag flag) throws InterruptedException {
    suspend();
    switch (flag) {
      case SYNCHRONIZE -> hwQueue.synchronize();
    }
  }

  /** Lets the queue go on, unless its scheduler holds it. */
  public void resume() {
    setSuspended(false);
  }

  /** Does what the flag says, whether the queue is suspended or not, and resumes it. */
  public void resume(ResumeFlag flag) {
    lock.lock();
    try {
      switch (flag) {
        case DROP_PENDING -> dropPending();
      }
      suspended = false;
      applyStop();
    } finally {
      unlock();
    }
  }

  /**
   * Changes how many commands are kept on the hardware. A lower threshold takes effect as what is
   * in flight finishes.
   */
  public void setLaunchConfig(LaunchConfig launchConfig) {
    lock.lock();
    try {
      worker.setConfig(launchConfig);
      launch();
    } finally {
      unlock();
    }
  }

  /**
   * Changes how far a stop reaches. If the queue is stopped, the stop is deepened or eased at once.
   *
   * @throws IllegalArgumentException if the hardware does not reach the level
   */
  public void setLevel(PreemptionLevel level) {
    lock.lock();
    try {
      this.level = supported(level);
      applyStop();
    } finally {
      unlock();
    }
  }

  /** Tells the scheduler something new about the queue; it decides again at once. */
  public void setHints(Hints hints) {
    this.hints = hints;
    scheduler.changed();
  }

  public String name() {
    return name;
  }

  public Hints hints() {
    return hints;
  }

  public QueueState state() {
    if (lostCause != null) {
      return QueueState.LOST;
    }
    if (closed) {
      return QueueState.CLOSED;
    }
    return ready ? QueueState.READY : QueueState.IDLE;
  }

  /** Whether the application has suspended the queue. */
  public boolean isSuspended() {
    return locked(() -> suspended);
  }

  /** Whether the scheduler holds the queue. */
  public boolean isHeld() {
    return locked(() -> held);
  }

  public LaunchConfig launchConfig() {
    return locked(worker::config);
  }

  public PreemptionLevel level() {
    return locked(() -> level);
  }

  public CommandCounts counts() {
    return locked(worker::counts);
  }

  /**
   * Takes no more commands, drops those that are pending, waits for those in flight, and gives up
   * the hardware queue; {@link #awaitAll} before it if everything is to run. Idempotent. Must not
   * be called by a command.
   */
  @Override
  public void close() {
    boolean first;
    // In two sections: who awaits what is dropped, and the scheduler, hear of it before the wait.
    lock.lock();
    try {
      first = !closed;
      closed = true;
      dropPending();
      applyStop(); // A closed queue is not stopped: what the hardware holds back has to finish.
    } finally {
      unlock();
    }
    lock.lock();
    try {
      waiters.awaitUninterruptibly(worker.submitted(), worker::isIdle);
    } finally {
      unlock();
    }
    if (first) {
      try {
        scheduler.detach(schedulable);
      } finally {
        hwQueue.close();
      }
    }
  }

  @Override
  public String toString() {
    return "XQueue[%s, %s, %s, %s]".formatted(name, state(), level(), launchConfig());
  }

  private PreemptionLevel supported(PreemptionLevel level) {
    if (level.compareTo(hwQueue.maxLevel()) > 0) {
      throw new IllegalArgumentException(
          "level %s is not supported by %s: it reaches %s"
              .formatted(level, hwQueue.device(), hwQueue.maxLevel()));
    }
    return level;
  }

  private void requireDevice() {
    Throwable cause = lostCause;
    if (cause != null) {
      throw new DeviceLostException(
          "queue %s takes no more commands, since its device is gone: %s"
              .formatted(name, cause.getMessage()),
          cause);
    }
  }

  private void append(Command command) {
    if (!hwQueue.commandType().isInstance(command)) {
      throw new IllegalArgumentException(
          "queue %s launches %s, but was given %s: submit it to a queue of its own platform"
              .formatted(
                  name, hwQueue.commandType().getSimpleName(), command.getClass().getName()));
    }
    requireOpen();
    if (!command.claim(this)) {
      throw new IllegalStateException(
          "a command is submitted once, but this one was submitted before: create a new one");
    }
    try {
      command.accepted();
    } catch (RuntimeException | Error e) {
      command.disclaim();
      throw e;
    }
    worker.append(command);
  }

  private void requireOpen() {
    requireDevice();
    if (closed) {
      throw new IllegalStateException("queue " + name + " is closed and takes no more commands");
    }
  }

  private void setSuspended(boolean suspended) {
    if (suspended) {
      worker.stopSoon();
    }
    lock.lock();
    try {
      this.suspended = suspended;
      applyStop();
    } finally {
      unlock();
    }
  }

  private void setHeld(boolean held) {
    if (held) {
      worker.stopSoon();
    }
    lock.lock();
    try {
      this.held = held;
      applyStop();
    } finally {
      unlock();
    }
  }

  /** Makes worker and hardware do what level and the two reasons to stop ask for. */
  private void applyStop() {
    if (lostCause != null) {
      return;
    }
    boolean stop = (suspended || held) && !closed;
    worker.setStopped(stop);
    try {
      hardwareStop.moveTo(stop ? level : null);
    } catch (RuntimeException | Error e) { // A driver binding fails with errors too.
      lose(e);
    }
    launch();
  }

  private void launch() {
    try {
      worker.run();
    } catch (RuntimeException | Error e) {
      lose(e);
    }
  }

  /** The hardware no longer does what it is told: fail what it had, and take nothing more. */
  private void lose(Throwable cause) {
    if (lostCause == null) { // What comes later follows from the first.
      lostCause = cause;
    }
    worker.failAll(cause);
  }

  private void dropPending() {
    worker.dropPending();
    waiters.expectAnything();
  }

  private <T> T locked(Supplier<T> reading) {
    lock.lock();
    try {
      return reading.get();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends every section that may have changed something. The scheduler hears of it after the lock is
   * released, since it will want to hold or release this queue and others; it reads the queue as it
   * then is, so that late news does no harm.
   */
  private void unlock() {
    boolean changed = false;
    if (lock.getHoldCount() == 1) {
      waiters.wake(worker);
      ready = !worker.isIdle();
      // What its owner has suspended must not hold others back.
      changed = wantsToRun != (ready && !suspended);
      boolean busy = worker.inFlight() > 0 && !hardwareStop.isDeactivated();
      if (changed || busy != busyTime.isBusy()) {
        long nowNanos = System.nanoTime();
        readySinceNanos = changed ? nowNanos : readySinceNanos;
        busyTime.set(busy, nowNanos);
      }
      wantsToRun = ready && !suspended;
    }
    lock.unlock();
    if (changed) {
      scheduler.changed();
    }
  }

  /** What the platform sees of the queue. */
  private final class CompletionSide implements HwQueue.Listener {
    @Override
    public void completed(long marker) {
      lock.lock();
      try {
        worker.retire(marker);
        launch();
      } finally {
        unlock();
      }
    }

    @Override
    public void failed(Command command, Throwable cause) {
      lock.lock();
      try {
        worker.noteFailure(command, cause);
      } finally {
        unlock();
      }
    }

    @Override
    public void lost(Throwable cause) {
      lock.lock();
      try {
        lose(cause);
      } finally {
        unlock();
      }
    }
  }

  /** What the scheduler sees of the queue. */
  private final class ScheduledSide implements Schedulable {
    @Override
    public QueueStatus status() {
      return new QueueStatus(
          id,
          name,
          hwQueue.device(),
          THIS_PROCESS,
          0,
          wantsToRun,
          readySinceNanos,
          busyTime.nanos(System.nanoTime()),
          hints);
    }

    @Override
    public void hold() {
      setHeld(true);
    }

    @Override
    public void release() {
      setHeld(false);
    }
  }
}
