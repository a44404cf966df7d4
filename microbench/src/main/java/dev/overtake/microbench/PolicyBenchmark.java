package dev.overtake.microbench;

import dev.overtake.core.policy.Decision;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.LatencyTarget;
import dev.overtake.core.policy.Laxity;
import dev.overtake.core.policy.Policies;
import dev.overtake.core.policy.PolicyRun;
import dev.overtake.core.policy.QueueStatus;
import java.util.ArrayList;
import java.util.List;
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
 * How long one decision over 1,000 queues takes, in nanoseconds, for each policy that comes with
 * the library. From one decision to the next a queue changes between ready and idle, 100 us pass,
 * and the policy's memory is carried on, as in a scheduler.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PolicyBenchmark {
  private static final int QUEUES = 1_000;
  private static final int QUEUES_A_PROCESS = 4;
  private static final long MILLI = 1_000_000;
  private static final long STEP_NANOS = MILLI / 10;

  private static final List<String> DEVICES = List.of("gpu:0", "gpu:1", "gpu:2", "gpu:3");

  /** Half of the queues are ready; four queues a process, four devices. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // JMH injects the parameter and calls the set-up.
  public static class Busy {
    /** {@link Microbench} gives all that are installed. */
    @Param("HPF")
    String policy;

    private final List<QueueStatus> queues = new ArrayList<>();
    private PolicyRun run;
    private long now;
    private int next;

    @Setup(Level.Trial)
    public void attach() {
      run =
          new PolicyRun(
              Policies.installed(Busy.class.getClassLoader()).find(policy).orElseThrow(),
              (failing, failure) -> {
                throw new IllegalStateException("a policy failed in a benchmark", failure);
              });
      for (int i = 0; i < QUEUES; i++) {
        queues.add(status(i, i % 2 == 0, hints(i)));
      }
    }

    private QueueStatus status(int i, boolean ready, Hints hints) {
      int process = 1 + i / QUEUES_A_PROCESS;
      String device = DEVICES.get(process % DEVICES.size());
      return new QueueStatus(i, "queue", device, process, 0, ready, now, hints);
    }

    /** Every kind, on three queues of four, so that each policy has what it goes by. */
    private static Hints hints(int i) {
      Hints hints = Hints.priority(i % 16).withUtilizationPercent(i % 5);
      return i % 4 == 0
          ? hints
          : hints
              .withTimesliceNanos((1 + i % 3) * MILLI)
              .withDeadlineNanos((1 + i % 7) * 10L * MILLI)
              .withLaxity(new Laxity((1 + i % 9) * 5L * MILLI, i % 3, 4 + i % 3))
              .withWindowActive(i % 100 == 1)
              .withLatencyTarget(i % 8 == 1 ? new LatencyTarget(50 * MILLI, 99) : null);
    }

    private Decision decide() {
      now += STEP_NANOS;
      QueueStatus queue = queues.get(next);
      queues.set(next, status(next, !queue.ready(), queue.hints()));
      next = (next + 1) % QUEUES;
      return run.decide(queues, now);
    }
  }

  @Benchmark
  public Decision decide(Busy busy) {
    return busy.decide();
  }
}
