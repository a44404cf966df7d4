package dev.overtake.sim.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** Keeps the books of a machine by what is observed, and checks each entry. */
final class Ledger implements Observer {
  private record EngineKey(String device, int engine) {}

  /** A command that an engine has taken. */
  private record Taken(QueueIdentity queue, long nanos, long handOverNanos) {}

  private final List<String> entries = new ArrayList<>();
  private final Map<QueueIdentity, Queue<Long>> unanswered = new HashMap<>();
  private final Map<QueueIdentity, Integer> inFlight = new HashMap<>();
  private final Map<EngineKey, Taken> running = new HashMap<>();
  private final Map<String, Long> ranNanos = new HashMap<>();
  private final Map<String, Long> handOverNanos = new HashMap<>();
  private long requests;
  private long commands;
  private long lastNanos;

  /** All that was observed, in its order. */
  List<String> entries() {
    return entries;
  }

  long requests() {
    return requests;
  }

  long commands() {
    return commands;
  }

  long unanswered() {
    return unanswered.values().stream().mapToInt(Queue::size).sum();
  }

  long inFlight() {
    return inFlight.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** For how long a device's engines ran commands that they are done with. */
  long ranNanos(String device) {
    return ranNanos.getOrDefault(device, 0L);
  }

  /** For how long they went from queue to queue before those. */
  long handOverNanos(String device) {
    return handOverNanos.getOrDefault(device, 0L);
  }

  private void enter(String what, QueueIdentity queue, long now) {
    assertThat(now).as("time goes on").isGreaterThanOrEqualTo(lastNanos);
    lastNanos = now;
    entries.add(now + " " + what + " " + queue.id());
  }

  @Override
  public void requestDue(QueueIdentity queue, long now) {
    enter("due", queue, now);
    requests++;
    unanswered.computeIfAbsent(queue, _ -> new ArrayDeque<>()).add(now);
  }

  @Override
  public void requestFinished(QueueIdentity queue, long due, long now) {
    enter("answered", queue, now);
    assertThat(unanswered.get(queue).remove()).as("the oldest is answered").isEqualTo(due);
  }

  @Override
  public void commandLaunched(QueueIdentity queue, long now) {
    enter("launched", queue, now);
    commands++;
    inFlight.merge(queue, 1, Integer::sum);
  }

  @Override
  public void commandStarted(QueueIdentity queue, int engine, long handOver, long now) {
    enter("started on " + engine, queue, now);
    assertThat(inFlight.get(queue)).as("commands in flight").isPositive();
    assertThat(running.values())
        .as("a queue's commands follow one another")
        .extracting(Taken::queue)
        .doesNotContain(queue);
    Taken before =
        running.put(new EngineKey(queue.device(), engine), new Taken(queue, now, handOver));
    assertThat(before).as("what runs on the engine").isNull();
  }

  @Override
  public void commandFinished(QueueIdentity queue, int engine, long now) {
    enter("finished", queue, now);
    inFlight.merge(queue, -1, Integer::sum);
    done(queue, engine, now);
  }

  @Override
  public void commandInterrupted(QueueIdentity queue, int engine, long remaining, long now) {
    enter("interrupted", queue, now);
    assertThat(remaining).as("what is left of it").isNotNegative();
    done(queue, engine, now);
  }

  private void done(QueueIdentity queue, int engine, long now) {
    Taken taken = running.remove(new EngineKey(queue.device(), engine));
    assertThat(taken).as("what ran on the engine").isNotNull();
    assertThat(taken.queue()).isEqualTo(queue);
    long handingOver = Math.min(taken.handOverNanos(), now - taken.nanos());
    handOverNanos.merge(queue.device(), handingOver, Long::sum);
    ranNanos.merge(queue.device(), now - taken.nanos() - handingOver, Long::sum);
  }
}
