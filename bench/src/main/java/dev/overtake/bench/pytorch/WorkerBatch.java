package dev.overtake.bench.pytorch;

import dev.overtake.bench.harness.BatchSide;
import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.result.ScheduledQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One trial of a worker's low side. It tells of its iterations whenever it has synchronized with
 * the device, so its rate is that between the first and the last time within the measured time.
 */
final class WorkerBatch implements BatchSide {
  private static final Pattern ITERATIONS = Pattern.compile("iterations (\\d{1,18}) (\\d{1,18})");
  private static final double NANOS_PER_SECOND = 1e9;

  private final Exchange exchange;
  private final QueueProbe probe;
  private final Thread listener =
      Thread.ofPlatform().name("bench-low-listener").unstarted(this::listen);

  private boolean told;
  private volatile @Nullable LoadException failure;

  // Under this. Times are of System.nanoTime, which on Linux is the clock that the worker reads.
  private boolean measuring;
  private boolean seen;
  private long firstNanos;
  private long firstIterations;
  private long lastNanos;
  private long lastIterations;

  // The device's, of all time.
  private long escapesBefore;
  private @Nullable ScheduledQueue queue;

  WorkerBatch(Exchange exchange, QueueProbe probe) {
    this.exchange = exchange;
    this.probe = probe;
  }

  @Override
  public void start() {
    exchange.say("start");
    listener.start();
  }

  @Override
  public void beginMeasuring() {
    escapesBefore = probe.leastUrgent(exchange.pid()).map(ScheduledQueue::escapes).orElse(0L);
    synchronized (this) {
      measuring = true;
    }
  }

  @Override
  public Work measured() {
    Work work = endMeasuring();
    queue =
        probe
            .leastUrgent(exchange.pid())
            .map(found -> found.withEscapes(Math.max(0, found.escapes() - escapesBefore)))
            .orElse(null);
    return work;
  }

  @Override
  public @Nullable ScheduledQueue queue() {
    return queue;
  }

  private synchronized Work endMeasuring() {
    measuring = false;
    return new Work(lastIterations - firstIterations, (lastNanos - firstNanos) / NANOS_PER_SECOND);
  }

  @Override
  public boolean hasFailed() {
    return failure != null;
  }

  @Override
  public void expectEnd() {
    if (!told && failure == null) {
      told = true;
      try {
        exchange.say("stop");
      } catch (LoadException e) {
        failure = e;
      }
    }
  }

  @Override
  public void join() throws InterruptedException {
    listener.join();
  }

  @Override
  public void end() throws InterruptedException {
    join();
    if (failure != null) {
      throw failure;
    }
  }

  private void listen() {
    try {
      for (String line = exchange.readLine(); !line.equals("stopped"); line = exchange.readLine()) {
        Matcher iterations = ITERATIONS.matcher(line);
        if (!iterations.matches()) {
          throw exchange.unexpected(line, "iterations");
        }
        progress(Long.parseLong(iterations.group(1)), Long.parseLong(iterations.group(2)));
      }
    } catch (LoadException e) {
      failure = e;
    }
  }

  private synchronized void progress(long iterations, long nanos) {
    if (measuring && !seen) {
      seen = true;
      firstNanos = nanos;
      firstIterations = iterations;
    }
    if (measuring) {
      lastNanos = nanos;
      lastIterations = iterations;
    }
  }
}
