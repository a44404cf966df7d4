package dev.overtake.sim.engine;

import dev.overtake.core.policy.QueueStatus;
import dev.overtake.sim.model.Client;
import dev.overtake.sim.model.InFlight;
import org.jspecify.annotations.Nullable;

/**
 * A client's queue: what its thread has launched, what its device does with it, and whether its
 * scheduler holds it.
 */
final class SimulatedQueue {
  private final QueueIdentity identity;
  private final SimulatedDevice device;
  private final SimulatedScheduler scheduler;
  private final ClientStatistics statistics;
  private final Observer observer;
  private final int index;
  private final Requests requests = new Requests();
  private final InFlightCommands inFlight = new InFlightCommands();
  private final LaunchingThread thread;
  private final Readiness readiness;
  private @Nullable Arrivals arrivals;
  private boolean held;
  private boolean attached;
  private boolean leaving;

  /** That runs one of its commands; the device's own. */
  @Nullable Engine engine;

  /** Among the attached queues; the scheduler's own, as the next. */
  int place;

  /** Whether the scheduler has to ask for its status. */
  boolean outdated;

  /**
   * @param bound of what may be in flight; null where nothing is scheduled
   */
  SimulatedQueue(
      QueueIdentity identity,
      Client client,
      Program program,
      @Nullable InFlight bound,
      SimulatedDevice device,
      SimulatedScheduler scheduler,
      ClientStatistics statistics,
      Timers timers,
      Observer observer) {
    this.identity = identity;
    this.device = device;
    this.scheduler = scheduler;
    this.statistics = statistics;
    this.observer = observer;
    index = device.add(this);
    thread =
        new LaunchingThread(
            this,
            program,
            bound == null
                ? new LaunchRule.Unscheduled(device.hardwareQueue(), this)
                : LaunchRule.of(bound),
            client.work().requestsAhead(),
            device.device().launchOverheadNanos(),
            timers);
    readiness = new Readiness(this, client, timers);
  }

  QueueIdentity identity() {
    return identity;
  }

  ClientStatistics statistics() {
    return statistics;
  }

  InFlightCommands inFlight() {
    return inFlight;
  }

  Requests requests() {
    return requests;
  }

  /** By which its device knows it. */
  int index() {
    return index;
  }

  boolean isHeld() {
    return held;
  }

  boolean isAttached() {
    return attached;
  }

  /** The queue as the policy sees it. */
  QueueStatus status(long now) {
    return readiness.status(
        inFlight.servedNanos() + (engine == null ? 0 : Math.max(0, now - engine.begunNanos)));
  }

  /** The client comes. */
  void attach(Arrivals arrivals, long now) {
    this.arrivals = arrivals;
    attached = true;
    scheduler.attach(this, now);
    observer.attached(identity, now);
    arrivals.begin(now);
  }

  /** The client goes when it has finished what it has. */
  void leave(long now) {
    leaving = true;
    detachIfDone(now);
  }

  private void detachIfDone(long now) {
    if (leaving && attached && !readiness.isReady() && requests.isEmpty()) {
      attached = false;
      scheduler.detach(this, now);
      observer.detached(identity, now);
    }
  }

  /** A request has come. */
  void requestDue(long due, long now) {
    requests.add(due);
    statistics.requestDue(due);
    observer.requestDue(identity, now);
    thread.proceed(now);
  }

  /** Its thread has a command to launch. */
  void comeToLaunch(long now) {
    readiness.work(now);
  }

  /** Its thread has launched a command. */
  void launched(long durationNanos, int flags, long now) {
    inFlight.add(durationNanos, flags, device.nextLaunch());
    observer.commandLaunched(identity, now);
    device.offer(this);
    device.dispatch(now);
  }

  /** An engine has taken the oldest command. */
  void started(long begunAtNanos, long now) {
    if (inFlight.begin()) {
      requests.begin(begunAtNanos);
    }
    scheduler.served(this);
    thread.commandBegun(now);
  }

  /** The device has finished a command. */
  void finished(int flags, long now) {
    if (thread.commandFinished((flags & InFlightCommands.MARKED) != 0)) {
      inFlight.markNewest();
    }
    statistics.commandFinished((flags & InFlightCommands.LAST_OF_ITERATION) != 0, now);
    if (inFlight.isEmpty() && !thread.isAtLaunch()) {
      readiness.noWork(now);
    }
    if ((flags & InFlightCommands.LAST_OF_REQUEST) != 0) {
      finishRequest(now);
    }
    thread.proceed(now);
    detachIfDone(now);
  }

  private void finishRequest(long now) {
    long due = requests.oldestDueNanos();
    statistics.requestFinished(due, requests.oldestBegunNanos(), now);
    observer.requestFinished(identity, due, now);
    requests.removeOldest();
    thread.requestFinished();
    if (arrivals != null) {
      arrivals.requestFinished(now);
    }
  }

  /** It has unfinished commands, and had none. */
  void becameReady(long now) {
    scheduler.changed(this);
    observer.ready(identity, now);
  }

  void becameIdle(long now) {
    scheduler.changed(this);
    observer.idle(identity, now);
    detachIfDone(now);
  }

  /** Stops the queue as far as its device's level reaches. */
  void hold(long now) {
    held = true;
    observer.held(identity, now);
    device.hold(this, now);
  }

  /** Whether its thread has a command to launch, and may not or cannot. */
  boolean waitsToLaunch() {
    return thread.isWaiting();
  }

  /** Undoes it; its thread goes on when the queue is told to {@link #launch}. */
  void release(long now) {
    held = false;
    observer.released(identity, now);
    device.offer(this);
  }

  /** Its thread goes on: after a release, or when a place in the hardware queue is free. */
  void launch(long now) {
    thread.proceed(now);
  }

  /** Counts what is unfinished at the end of the simulation. */
  void end(long now) {
    while (!requests.isEmpty()) {
      statistics.requestUnfinished(requests.oldestDueNanos(), now);
      requests.removeOldest();
    }
  }
}
