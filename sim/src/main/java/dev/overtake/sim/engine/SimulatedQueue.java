package dev.overtake.sim.engine;

import dev.overtake.core.policy.QueueStatus;
import dev.overtake.sim.model.Client;
import org.jspecify.annotations.Nullable;

/**
 * A client's queue, and the thread that launches into it. The thread answers one request after the
 * other: for each command it computes, waits until it may launch, launches; behind the last of as
 * many requests as it runs ahead it synchronizes. The queue is ready from when its thread comes to
 * a launch until nothing is in flight and nothing waits to be launched.
 */
final class SimulatedQueue {
  /** Pids that Linux does not give. */
  private static final long OWN_PROCESSES = 1L << 32;

  /** What the launching thread does. */
  private enum Step {
    /** Waits for a request, or for the end of the one that it has launched. */
    REST,
    COMPUTE,
    WAIT,
    LAUNCH
  }

  private final QueueIdentity identity;
  private final Client client;
  private final SimulatedDevice device;
  private final SimulatedScheduler scheduler;
  private final Program program;
  private final LaunchRule rule;
  private final ClientStatistics statistics;
  private final Observer observer;
  private final int index;

  private final Requests requests = new Requests();
  private final InFlightCommands inFlight = new InFlightCommands();
  private final Timers.Timer step;
  private final Timers.Timer lingered;
  private @Nullable Arrivals arrivals;

  private Step doing = Step.REST;

  /** Of the requests, the oldest so many that the thread has begun to launch. */
  private int launching;

  /** When the device began with a request, and with the next: by number, even or odd. */
  private final long[] begunNanos = new long[2];

  private int begun;
  private int answered;
  private boolean ready;
  private long readySinceNanos;
  private boolean held;
  private boolean attached;
  private boolean leaving;
  private @Nullable QueueStatus status;

  /** That runs one of its commands; the device's own. */
  @Nullable Engine engine;

  SimulatedQueue(
      QueueIdentity identity,
      Client client,
      Program program,
      LaunchRule rule,
      SimulatedDevice device,
      SimulatedScheduler scheduler,
      ClientStatistics statistics,
      Timers timers,
      Observer observer) {
    this.identity = identity;
    this.client = client;
    this.program = program;
    this.rule = rule;
    this.device = device;
    this.scheduler = scheduler;
    this.statistics = statistics;
    this.observer = observer;
    index = device.add(this);
    step = timers.make(this::stepDone);
    lingered = timers.make(this::becomeIdle);
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

  SimulatedDevice device() {
    return device;
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
  QueueStatus status() {
    if (status == null) {
      long process = client.process();
      status =
          new QueueStatus(
              identity.id(),
              client.name(),
              client.device(),
              process == Client.OWN_PROCESS ? OWN_PROCESSES + identity.id() : process,
              client.nice(),
              ready,
              readySinceNanos,
              client.hints());
    }
    return status;
  }

  /** The client comes. */
  void attach(Arrivals arrivals, long now) {
    this.arrivals = arrivals;
    attached = true;
    scheduler.attach(this);
    observer.attached(identity, now);
    arrivals.begin(now);
  }

  /** The client goes when it has finished what it has. */
  void leave(long now) {
    leaving = true;
    detachIfDone(now);
  }

  private void detachIfDone(long now) {
    if (leaving && attached && !ready && requests.isEmpty()) {
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
    if (launching < client.work().requestsAhead()) {
      launch(now);
    }
  }

  private void stepDone(long now) {
    if (doing == Step.COMPUTE) {
      comeToLaunch(now);
    } else if (doing == Step.LAUNCH) {
      launched(now);
    }
    launch(now);
  }

  /** Goes on with launching as far as that takes no time. */
  void launch(long now) {
    while (true) {
      switch (doing) {
        case REST -> {
          if (!nextCommand()) {
            return;
          }
          if (program.hostNanos() > 0) {
            take(Step.COMPUTE, now + program.hostNanos());
            return;
          }
          comeToLaunch(now);
        }
        case WAIT -> {
          long at = launchNanos(now);
          if (at != now) {
            step.set(at);
            return;
          }
          step.cancel();
          if (device.device().launchOverheadNanos() > 0) {
            take(Step.LAUNCH, now + device.device().launchOverheadNanos());
            return;
          }
          launched(now);
        }
        case COMPUTE, LAUNCH -> {
          return;
        }
      }
    }
  }

  private boolean nextCommand() {
    if (!program.hasNext()) {
      if (launching == requests.size() || launching == client.work().requestsAhead()) {
        return false;
      }
      launching++;
      program.beginRequest();
    }
    program.next();
    return true;
  }

  private void take(Step next, long until) {
    doing = next;
    step.set(until);
  }

  private void comeToLaunch(long now) {
    doing = Step.WAIT;
    lingered.cancel();
    if (!ready) {
      setReady(true);
      readySinceNanos = now;
      observer.ready(identity, now);
    }
  }

  /** When the thread may launch, if nothing but time changes. */
  private long launchNanos(long now) {
    if (held) {
      return Timers.NEVER;
    }
    long room = rule.roomNanos(program.durationNanos());
    // Of the sum, a running command counts as a whole: from when it began.
    long excess = inFlight.sumNanos() - room;
    if (excess <= 0) {
      return now;
    }
    return room == LaunchRule.FULL || engine == null
        ? Timers.NEVER
        : Math.max(now, engine.begunNanos + excess);
  }

  private void launched(long now) {
    doing = Step.REST;
    boolean last = program.isLastOfRequest();
    int flags =
        (program.isFirstOfRequest() ? InFlightCommands.FIRST_OF_REQUEST : 0)
            | (program.isLastOfIteration() ? InFlightCommands.LAST_OF_ITERATION : 0)
            | (last ? InFlightCommands.LAST_OF_REQUEST : 0)
            | (rule.launched(last) ? InFlightCommands.MARKED : 0);
    inFlight.add(program.durationNanos(), flags, device.nextLaunch());
    observer.commandLaunched(identity, now);
    device.offer(this);
    device.dispatch(now);
  }

  /** An engine has taken the oldest command. */
  void started(long begunAtNanos, long now) {
    if (inFlight.begin()) {
      begunNanos[begun++ & 1] = begunAtNanos;
    }
    if (doing == Step.WAIT) {
      step.set(launchNanos(now)); // Now it is known when there will be room.
    }
  }

  /** The device has finished a command. */
  void finished(int flags, long now) {
    if (rule.finished((flags & InFlightCommands.MARKED) != 0)) {
      inFlight.markNewest();
    }
    statistics.commandFinished((flags & InFlightCommands.LAST_OF_ITERATION) != 0, now);
    boolean nothingLeft = inFlight.isEmpty() && doing != Step.WAIT && doing != Step.LAUNCH;
    if (nothingLeft) {
      if (client.lingerNanos() > 0) {
        lingered.set(now + client.lingerNanos());
      } else {
        becomeIdle(now);
      }
    }
    if ((flags & InFlightCommands.LAST_OF_REQUEST) != 0) {
      finishRequest(now);
    }
    launch(now);
    detachIfDone(now);
  }

  private void finishRequest(long now) {
    long due = requests.removeOldest();
    launching--;
    // The device may have begun with the next one already.
    statistics.requestFinished(due, begunNanos[answered++ & 1], now);
    observer.requestFinished(identity, due, now);
    if (arrivals != null) {
      arrivals.requestFinished(now);
    }
  }

  private void becomeIdle(long now) {
    setReady(false);
    observer.idle(identity, now);
    detachIfDone(now);
  }

  private void setReady(boolean ready) {
    this.ready = ready;
    status = null;
    scheduler.changed();
  }

  /** Stops the queue as far as its device's level reaches. */
  void hold(long now) {
    held = true;
    observer.held(identity, now);
    device.hold(this, now);
  }

  /** Undoes it; the queue {@linkplain #launch launches} when it is told to. */
  void release(long now) {
    held = false;
    observer.released(identity, now);
    device.offer(this);
  }

  /** Counts what is unfinished at the end of the simulation. */
  void end(long now) {
    while (!requests.isEmpty()) {
      statistics.requestUnfinished(requests.removeOldest(), now);
    }
  }
}
