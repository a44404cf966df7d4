package dev.overtake.core.xqueue;

import dev.overtake.core.xqueue.Command.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a queue is to do, said with lists. Commands are known by their number, from 0. */
final class QueueModel {
  /** A marker, and how many launches stand before it. */
  private record Marker(int launches, int hardwareLaunches) {}

  LaunchConfig config;
  PreemptionLevel level = PreemptionLevel.L1;
  boolean suspended;
  boolean held;

  final List<State> states = new ArrayList<>();
  final Map<Integer, Throwable> failures = new HashMap<>();

  private final List<String> calls = new ArrayList<>();
  private final List<Integer> launched = new ArrayList<>();
  private final List<Integer> accepted = new ArrayList<>();
  private final List<Marker> markers = new ArrayList<>();
  private Throwable refusal;
  private Throwable firstFailure;
  private int sinceMarker;
  private int finished;
  private boolean deactivated;
  private boolean interrupted;

  QueueModel(LaunchConfig config) {
    this.config = config;
  }

  void submit() {
    states.add(State.PENDING);
    settle();
  }

  void refuseNextLaunch(Throwable refusal) {
    this.refusal = refusal;
  }

  /** The oldest commands that the hardware accepted come to their end. */
  void finish(int commands) {
    finished += commands;
    reachMarkers();
    settle();
  }

  void fail(Throwable cause) {
    failures.put(accepted.get(finished), cause);
    finish(1);
  }

  void drop() {
    states.replaceAll(state -> state == State.PENDING ? State.DROPPED : state);
    suspended = false;
    settle();
  }

  boolean isIdle() {
    return states.stream().allMatch(State::isFinished);
  }

  Throwable takeFailure() {
    Throwable taken = firstFailure;
    firstFailure = null;
    return taken;
  }

  List<String> takeCalls() {
    var taken = List.copyOf(calls);
    calls.clear();
    return taken;
  }

  CommandCounts counts() {
    return new CommandCounts(
        states.size(),
        launched.size(),
        count(State.COMPLETED),
        count(State.FAILED),
        count(State.DROPPED));
  }

  /** Does all that may be done now. */
  void settle() {
    boolean stopped = suspended || held;
    boolean deactivate = stopped && level != PreemptionLevel.L1;
    boolean interrupt = stopped && level == PreemptionLevel.L3;
    if (deactivate && !deactivated) {
      calls.add("deactivate");
    }
    if (interrupt && !interrupted) {
      calls.add("interrupt");
    }
    if (!interrupt && interrupted) {
      calls.add("restore");
    }
    if (!deactivate && deactivated) {
      calls.add("reactivate");
    }
    deactivated = deactivate;
    interrupted = interrupt;
    boolean again = true;
    while (again) {
      while (!stopped && count(State.PENDING) > 0 && hasRoom()) {
        launch(states.indexOf(State.PENDING));
      }
      again = sinceMarker > 0 && count(State.IN_FLIGHT) == sinceMarker;
      if (again) {
        mark(); // Nothing else would tell of these; it may be reached at once and make room.
      }
    }
  }

  /** Whether commands wait, may run, and yet nothing on the hardware will ever let them. */
  boolean isStalled() {
    return !suspended && !held && count(State.PENDING) > 0 && count(State.IN_FLIGHT) == 0;
  }

  private boolean hasRoom() {
    return count(State.IN_FLIGHT) < config.thresholdCommands();
  }

  private void launch(int command) {
    calls.add("launch " + command);
    states.set(command, State.IN_FLIGHT);
    launched.add(command);
    sinceMarker++;
    if (refusal == null) {
      accepted.add(command);
    } else {
      failures.put(command, refusal);
      refusal = null;
    }
    if (sinceMarker >= config.batchCommands()) {
      mark();
    }
  }

  private void mark() {
    calls.add("marker " + launched.size());
    markers.add(new Marker(launched.size(), accepted.size()));
    sinceMarker = 0;
    reachMarkers();
  }

  /** Commands before a marker that the hardware has passed are known to have ended. */
  private void reachMarkers() {
    int known =
        markers.stream()
            .filter(marker -> marker.hardwareLaunches <= finished)
            .mapToInt(Marker::launches)
            .max()
            .orElse(0);
    for (int command : launched.subList(0, known)) {
      if (states.get(command) == State.IN_FLIGHT) {
        Throwable failure = failures.get(command);
        states.set(command, failure == null ? State.COMPLETED : State.FAILED);
        firstFailure = firstFailure == null ? failure : firstFailure;
      }
    }
  }

  private int count(State wanted) {
    return (int) states.stream().filter(state -> state == wanted).count();
  }
}
