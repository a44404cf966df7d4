package dev.overtake.sim.engine;

import dev.overtake.sim.model.Load;
import dev.overtake.sim.model.Work;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * What a client's program does for its requests, one after the other: a row of commands each. Drawn
 * in this order from a stream of its own, it is the same under every policy.
 */
final class Program {
  private final LongSupplier commandNanos;
  private final DoubleSupplier commands;
  private final LongSupplier hostNanos;
  private final int iterations;

  /** Recorded durations, by request; empty where the work says it, or everywhere. */
  private final List<Load.TraceRequest> trace;

  /** Recorded durations, by iteration, that come again and again. */
  private final List<List<Long>> cycle;

  private int nextOfCycle;

  private int requests;
  private int iterationsLeft;
  private long commandsLeft;
  private boolean first;
  private boolean firstOfRequest;
  private List<Long> recorded = List.of();
  private int nextRecorded;
  private long duration;
  private long host;

  Program(Work work, Load load, SplittableRandom random) {
    commandNanos = Sampling.nanosOf(work.commandNanos(), random);
    commands = Sampling.of(work.commands(), random);
    hostNanos = Sampling.nanosOf(work.hostNanos(), random);
    iterations = work.iterations();
    cycle = work.recorded();
    nextOfCycle = cycle.isEmpty() ? 0 : random.nextInt(cycle.size());
    trace = load instanceof Load.Replay replay ? replay.requests() : List.of();
  }

  /** Begins with the next request. */
  void beginRequest() {
    List<Long> replayed = requests < trace.size() ? trace.get(requests).commandNanos() : List.of();
    requests++;
    iterationsLeft = replayed.isEmpty() ? iterations : 1;
    first = true;
    beginIteration(replayed.isEmpty() ? nextOfCycle() : replayed);
  }

  private List<Long> nextOfCycle() {
    return cycle.isEmpty() ? List.of() : cycle.get(nextOfCycle++ % cycle.size());
  }

  private void beginIteration(List<Long> recordedNanos) {
    iterationsLeft--;
    recorded = recordedNanos;
    nextRecorded = 0;
    commandsLeft =
        recorded.isEmpty() ? Math.max(1, Math.round(commands.getAsDouble())) : recorded.size();
  }

  /** Whether the request has more commands. */
  boolean hasNext() {
    return commandsLeft > 0 || iterationsLeft > 0;
  }

  /** Comes to the request's next command. */
  void next() {
    if (commandsLeft == 0) {
      beginIteration(nextOfCycle());
    }
    commandsLeft--;
    firstOfRequest = first;
    first = false;
    host = hostNanos.getAsLong();
    duration = recorded.isEmpty() ? commandNanos.getAsLong() : recorded.get(nextRecorded++);
  }

  /** How long the command keeps an engine busy. */
  long durationNanos() {
    return duration;
  }

  /** What the host computes before it launches the command. */
  long hostNanos() {
    return host;
  }

  boolean isFirstOfRequest() {
    return firstOfRequest;
  }

  boolean isLastOfIteration() {
    return commandsLeft == 0;
  }

  boolean isLastOfRequest() {
    return !hasNext();
  }
}
