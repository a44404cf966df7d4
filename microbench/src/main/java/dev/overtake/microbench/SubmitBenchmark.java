package dev.overtake.microbench;

import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.scheduler.LocalScheduler;
import dev.overtake.core.scheduler.Scheduler;
import dev.overtake.core.xqueue.XQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long a command takes from {@link XQueue#submit} to an empty hardware queue, in nanoseconds.
 *
 * <p>A launch runs on the submitter's thread, so the whole call, which {@link #submit} samples, is
 * an upper bound: it includes the marker and, since the queue becomes ready, the scheduler's
 * decision, both of which come after the launch. {@link #clock} is what sampling nothing reads; it
 * is in all of these figures.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SubmitBenchmark {
  /** Who schedules the queue. */
  public enum Scheduling {
    /** Nobody. */
    APPLICATION,
    /**
     * HPF over two queues: the one that is measured, and one of lower priority which always has
     * work, so that every submission holds it and every completion lets it go.
     */
    HPF_TWO_QUEUES
  }

  /** A queue that is empty, on empty hardware, whenever a command is submitted. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // JMH injects the parameter and calls the set-up.
  public static class Empty {
    @Param Scheduling scheduling;

    private final IdleHardware hardware = new IdleHardware();
    private XQueue queue;
    private NoOpCommand command;

    @Setup(Level.Trial)
    public void open() {
      Scheduler scheduler =
          switch (scheduling) {
            case APPLICATION -> Scheduler.applicationManaged();
            case HPF_TWO_QUEUES -> new LocalScheduler(new HighestPriorityFirst());
          };
      openBusy(scheduler);
      queue = XQueue.on(hardware).scheduler(scheduler).open();
    }

    /** The queue of lower priority: its hardware never finishes, and more commands wait. */
    private static void openBusy(Scheduler scheduler) {
      var busy =
          XQueue.on(new IdleHardware()).scheduler(scheduler).hints(Hints.priority(-1)).open();
      for (int i = 0; i < 2 * busy.launchConfig().thresholdCommands(); i++) {
        busy.submit(new NoOpCommand());
      }
    }

    /**
     * Finishes the last command, outside of what is timed. JMH warns against this level for calls
     * this short, since reading the clock so often disturbs them; sampling reads it anyway.
     */
    @Setup(Level.Invocation)
    public void empty() {
      hardware.complete();
      command = new NoOpCommand();
    }
  }

  @Benchmark
  public void clock() {}

  @Benchmark
  public NoOpCommand submit(Empty on) {
    return on.queue.submit(on.command);
  }
}
