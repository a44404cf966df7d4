package dev.overtake.sim.engine;

/**
 * The thread that launches into a queue. It answers one request after the other: for each command
 * it computes, waits until it may launch, launches; behind the last of as many requests as it runs
 * ahead it synchronizes.
 */
final class LaunchingThread {
  /** What it does. */
  private enum Step {
    /** Waits for a request, or for the end of one that it has launched. */
    REST,
    COMPUTE,
    WAIT,
    LAUNCH
  }

  private final SimulatedQueue queue;
  private final Program program;
  private final LaunchRule rule;
  private final int requestsAhead;
  private final long overheadNanos;
  private final Timers.Timer step;
  private Step doing = Step.REST;

  /** Of the queue's requests, the oldest so many that it has begun to launch. */
  private int launching;

  /**
   * @param requestsAhead how many requests it launches before it waits for the oldest of them
   * @param overheadNanos how long a launch takes
   */
  LaunchingThread(
      SimulatedQueue queue,
      Program program,
      LaunchRule rule,
      int requestsAhead,
      long overheadNanos,
      Timers timers) {
    this.queue = queue;
    this.program = program;
    this.rule = rule;
    this.requestsAhead = requestsAhead;
    this.overheadNanos = overheadNanos;
    step = timers.make(this::stepDone);
  }

  /** Whether it has come to the launch of a command and not launched it. */
  boolean isAtLaunch() {
    return doing == Step.WAIT || doing == Step.LAUNCH;
  }

  /** Whether it waits until it may launch. */
  boolean isWaiting() {
    return doing == Step.WAIT;
  }

  private void stepDone(long now) {
    if (doing == Step.COMPUTE) {
      comeToLaunch(now);
    } else if (doing == Step.LAUNCH) {
      launched(now);
    }
    proceed(now);
  }

  /** Goes on as far as that takes no time. */
  void proceed(long now) {
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
          rule.launching();
          if (overheadNanos > 0) {
            take(Step.LAUNCH, now + overheadNanos);
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
      if (launching == queue.requests().size() || launching == requestsAhead) {
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
    queue.comeToLaunch(now);
  }

  /** When it may launch, if nothing but time changes. */
  private long launchNanos(long now) {
    if (queue.isHeld()) {
      return Timers.NEVER;
    }
    long room = rule.roomNanos(program.durationNanos());
    // Of the sum, a running command counts as a whole: from when it began.
    long excess = queue.inFlight().sumNanos() - room;
    if (excess <= 0) {
      return now;
    }
    return room == LaunchRule.FULL || queue.engine == null
        ? Timers.NEVER
        : Math.max(now, queue.engine.begunNanos + excess);
  }

  private void launched(long now) {
    doing = Step.REST;
    boolean last = program.isLastOfRequest();
    int flags =
        (program.isFirstOfRequest() ? InFlightCommands.FIRST_OF_REQUEST : 0)
            | (program.isLastOfIteration() ? InFlightCommands.LAST_OF_ITERATION : 0)
            | (last ? InFlightCommands.LAST_OF_REQUEST : 0)
            | (rule.launched(last) ? InFlightCommands.MARKED : 0);
    queue.launched(program.durationNanos(), flags, now);
  }

  /** The device has begun with one of its commands: now it is known when there will be room. */
  void commandBegun(long now) {
    if (doing == Step.WAIT) {
      step.set(launchNanos(now));
    }
  }

  /**
   * The device has finished the oldest of its commands.
   *
   * @return whether a marker has to be placed behind the one launched last
   */
  boolean commandFinished(boolean marked) {
    return rule.finished(marked);
  }

  /** The oldest request is answered. */
  void requestFinished() {
    launching--;
  }
}
