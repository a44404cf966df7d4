package dev.overtake.sim.engine;

import static dev.overtake.sim.engine.Scenarios.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.policy.Decision;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.policy.QueueStatus;
import dev.overtake.core.policy.Snapshot;
import dev.overtake.sim.model.Scenario;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** Who is held, however many decisions are still to take effect while clients come and go. */
class DecisionDelayTest {
  @Provide
  static Arbitrary<String> policies() {
    return Arbitraries.of(RandomScenarios.POLICIES.names());
  }

  @Property(tries = 300)
  void whoIsHeldIsWhomTheLastDecisionThatIsDueHolds(
      @ForAll long seed,
      @ForAll("policies") String policy,
      @ForAll @LongRange(max = 5 * MILLI) long delayNanos) {
    Scenario random = RandomScenarios.of(seed);
    var delayed =
        new Scenario(random.name(), seed, 200 * MILLI, 0, policy, delayNanos, random.machines());
    var recorder = new Recorder(RandomScenarios.POLICIES.find(policy).orElseThrow(), delayNanos);
    Simulation.run(delayed, recorder, recorder);
    for (long nanos : recorder.momentsBefore(delayed.durationNanos())) {
      assertThat(recorder.heldAt(nanos))
          .as("held at %d ns", nanos)
          .isEqualTo(recorder.toBeHeldAt(nanos));
    }
  }

  /** Decides as a policy does; keeps whom it decided to hold, and who was held. Queues by id. */
  private static final class Recorder implements Policy, Observer {
    private final Policy policy;
    private final long delayNanos;

    /** Each decision as a whole, by when it is due. */
    private final TreeMap<Long, Set<Long>> due = new TreeMap<>();

    /** All that are held, from a time on. */
    private final TreeMap<Long, Set<Long>> seen = new TreeMap<>();

    private final Set<Long> held = new HashSet<>();
    private final Map<Long, Long> goneAtNanos = new HashMap<>();

    Recorder(Policy policy, long delayNanos) {
      this.policy = policy;
      this.delayNanos = delayNanos;
      due.put(0L, Set.of());
      seen.put(0L, Set.of());
    }

    Set<Long> momentsBefore(long nanos) {
      var moments = new HashSet<>(due.headMap(nanos).keySet());
      moments.addAll(seen.keySet());
      return moments;
    }

    /** At the end of this nanosecond. */
    Set<Long> heldAt(long nanos) {
      return seen.floorEntry(nanos).getValue();
    }

    Set<Long> toBeHeldAt(long nanos) {
      return due.floorEntry(nanos).getValue().stream()
          .filter(queue -> goneAtNanos.getOrDefault(queue, Long.MAX_VALUE) > nanos)
          .collect(Collectors.toSet());
    }

    @Override
    public String name() {
      return policy.name();
    }

    @Override
    public Decision schedule(Snapshot snapshot, long nowNanos) {
      Decision decision = policy.schedule(snapshot, nowNanos);
      List<QueueStatus> queues = snapshot.queues();
      due.put(
          nowNanos + delayNanos,
          decision.held().stream().mapToObj(i -> queues.get(i).id()).collect(Collectors.toSet()));
      return decision;
    }

    @Override
    public void held(QueueIdentity queue, long nowNanos) {
      held.add(queue.id());
      seen.put(nowNanos, Set.copyOf(held));
    }

    @Override
    public void released(QueueIdentity queue, long nowNanos) {
      held.remove(queue.id());
      seen.put(nowNanos, Set.copyOf(held));
    }

    @Override
    public void detached(QueueIdentity queue, long nowNanos) {
      goneAtNanos.put(queue.id(), nowNanos);
    }
  }
}
