package dev.overtake.bench.preemption;

import dev.overtake.bench.harness.StopSignal;
import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.ResumeFlag;
import dev.overtake.core.xqueue.SuspendFlag;
import dev.overtake.core.xqueue.XQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * How long it takes until a queue that is suspended has given the device back: from the call of
 * suspend to its return, which with {@link SuspendFlag#SYNCHRONIZE} is when nothing of the queue
 * runs any more. XSched measures the same (OSDI'25, Fig. 11).
 *
 * <p>The queue never runs dry. It is suspended somewhere in the second batch after it was resumed:
 * by then as many commands are in flight as in the long run, and every place in a batch is as
 * likely as another. It then stays suspended for a command's time, and the commands' own count
 * tells whether one ran all the same.
 */
final class LatencyTrial {
  /** Significant decimal digits that the histogram keeps. */
  private static final int PRECISION = 3;

  private static final int WARM_UP_SAMPLES = 20;

  /**
   * What came of it.
   *
   * @param nanos one value a sample
   * @param broken how many of them a command ran after
   */
  record Outcome(Histogram nanos, int broken) {}

  private final SpinDevice device;
  private final Supplier<? extends Command> commands;
  private final double commandNanos;
  private final LaunchConfig config;
  private final Histogram nanos = new Histogram(PRECISION);
  private int broken;

  private LatencyTrial(
      SpinDevice device,
      Supplier<? extends Command> commands,
      double commandNanos,
      LaunchConfig config) {
    this.device = device;
    this.commands = commands;
    this.commandNanos = commandNanos;
    this.config = config;
  }

  /**
   * Takes samples until there are enough, or the signal is raised.
   *
   * @param commands that count themselves on the device
   * @param commandNanos how long one takes
   * @throws UnsupportedOperationException if the device does not reach the level
   */
  static Outcome run(
      SpinDevice device,
      Supplier<? extends Command> commands,
      double commandNanos,
      LaunchConfig config,
      PreemptionLevel level,
      int samples,
      StopSignal stop)
      throws InterruptedException {
    var trial = new LatencyTrial(device, commands, commandNanos, config);
    try (XQueue queue =
        XQueue.on(device.openQueue(level)).launchConfig(config).level(level).open()) {
      for (int i = -WARM_UP_SAMPLES; i < samples && !stop.isRaised(); i++) {
        trial.sample(queue, i >= 0);
      }
      queue.resume(ResumeFlag.DROP_PENDING);
    }
    return new Outcome(trial.nanos, trial.broken);
  }

  private void sample(XQueue queue, boolean counts) throws InterruptedException {
    supply(queue);
    queue.resume();
    pause(commandNanos * config.batchCommands() * (1 + ThreadLocalRandom.current().nextDouble()));
    long start = System.nanoTime();
    queue.suspend(SuspendFlag.SYNCHRONIZE);
    long taken = System.nanoTime() - start;
    int begun = device.begun();
    boolean ranOn = device.ended() != begun;
    pause(commandNanos);
    if (counts) {
      nanos.recordValue(taken);
      broken += ranOn || device.begun() != begun ? 1 : 0;
    }
  }

  /** Enough for two batches, for what is in flight then, and for coming a little late. */
  private void supply(XQueue queue) {
    int wanted = 2 * config.batchCommands() + 3 * config.thresholdCommands();
    for (long i = queue.counts().unfinished(); i < wanted; i++) {
      queue.submit(commands.get());
    }
  }

  private static void pause(double nanos) {
    long end = System.nanoTime() + (long) nanos;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
