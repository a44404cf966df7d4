package dev.overtake.bench.pytorch;

import dev.overtake.bench.harness.BatchSide;
import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.WorkMeter;
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

  private final Exchange exchange;
  private final QueueProbe probe;
  private final Thread listener =
      Thread.ofPlatform().name("bench-low-listener").unstarted(this::listen);

  /** Of iterations. The worker reads the clock of System.nanoTime, as both are Linux's. */
  private final WorkMeter meter = new WorkMeter(1);

  private boolean told;
  private volatile @Nullable LoadException failure;

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
    meter.begin();
  }

  @Override
  public Work measured() {
    Work work = meter.end();
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
    long before = 0;
    try {
      for (String line = exchange.readLine(); !line.equals("stopped"); line = exchange.readLine()) {
        Matcher iterations = ITERATIONS.matcher(line);
        if (!iterations.matches()) {
          throw exchange.unexpected(line, "iterations");
        }
        long all = Long.parseLong(iterations.group(1));
        meter.completed(all - before, Long.parseLong(iterations.group(2)));
        before = all;
      }
    } catch (LoadException e) {
      failure = e;
    }
  }
}
