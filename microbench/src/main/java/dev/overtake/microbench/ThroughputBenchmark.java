package dev.overtake.microbench;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.XQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Commands per second through one queue, and bytes allocated for each under JMH's {@code gc}
 * profiler. Every command is created, submitted, launched and seen to finish within the time
 * measured, so the queue's length is bounded.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ThroughputBenchmark {
  private static final int COMMANDS = 10_000;

  /** Threshold and batch of the queue. */
  public enum Launching {
    T16_B8,
    T1_B1;

    LaunchConfig config() {
      return switch (this) {
        case T16_B8 -> new LaunchConfig(16, 8);
        case T1_B1 -> new LaunchConfig(1, 1);
      };
    }
  }

  /** A queue on hardware that finishes within the marker call. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // JMH injects the parameter and calls the set-up.
  public static class Instant {
    @Param Launching launching;
    private XQueue queue;

    @Setup(Level.Trial)
    public void open() {
      queue = XQueue.on(new InstantHardware()).launchConfig(launching.config()).open();
    }

    @TearDown(Level.Trial)
    public void close() {
      queue.close();
    }
  }

  /** A queue on hardware that reports from another thread. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // JMH injects the parameter and calls the set-up.
  public static class Threaded {
    @Param Launching launching;
    private XQueue queue;

    @Setup(Level.Trial)
    public void open() {
      queue = XQueue.on(new ThreadedHardware()).launchConfig(launching.config()).open();
    }

    @TearDown(Level.Trial)
    public void close() {
      queue.close();
    }
  }

  /** What the benchmarks below allocate if the queue allocates nothing. */
  @Benchmark
  public Command commandOnly() {
    return new NoOpCommand();
  }

  @Benchmark
  public Command instant(Instant on) {
    return on.queue.submit(new NoOpCommand());
  }

  /** Two threads submit to one queue; the score is that of both together. */
  @Benchmark
  @Threads(2)
  public Command instantTwoSubmitters(Instant on) {
    return on.queue.submit(new NoOpCommand());
  }

  /**
   * A burst, and the wait for its end. Submitter and reporter meet at the queue's lock, and the one
   * wait for 10,000 commands puts the submitter to sleep.
   */
  @Benchmark
  @OperationsPerInvocation(COMMANDS)
  public void threaded(Threaded on) throws InterruptedException {
    for (int i = 0; i < COMMANDS; i++) {
      on.queue.submit(new NoOpCommand());
    }
    on.queue.awaitAll();
  }
}
