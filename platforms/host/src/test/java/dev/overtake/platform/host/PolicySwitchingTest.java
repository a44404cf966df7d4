package dev.overtake.platform.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.LatencyTarget;
import dev.overtake.core.policy.Laxity;
import dev.overtake.core.policy.Policies;
import dev.overtake.core.policy.Policy;
import dev.overtake.core.scheduler.LocalScheduler;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.XQueue;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever policy decides, and whichever came before it: everything that was submitted runs. */
class PolicySwitchingTest {
  private static final int COMMANDS = 50;
  private static final long MILLI = 1_000_000;
  private static final Policies INSTALLED =
      Policies.installed(PolicySwitchingTest.class.getClassLoader());

  private static final List<Hints> HINTS =
      List.of(
          Hints.NONE,
          Hints.priority(-3).withUtilizationPercent(20).withTimesliceNanos(MILLI),
          Hints.priority(5).withUtilizationPercent(60).withDeadlineNanos(20 * MILLI),
          Hints.priority(5).withLaxity(new Laxity(5 * MILLI, -1, 9)).withWindowActive(true),
          Hints.priority(9).withLatencyTarget(new LatencyTarget(5 * MILLI, 99)));

  /** What the scheduler says of policies that fail. */
  private static final class Log extends Handler {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord entry) {
      lines.add(entry.getMessage() + ": " + entry.getThrown());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private final Logger logger = Logger.getLogger(LocalScheduler.class.getName());
  private final Log log = new Log();
  private final HostDevice device = HostDevice.open(1);
  private final LocalScheduler scheduler = new LocalScheduler(new HighestPriorityFirst());
  private final TestCommands commands = new TestCommands();

  @BeforeEach
  void listen() {
    logger.addHandler(log);
  }

  @AfterEach
  void close() {
    logger.removeHandler(log);
    scheduler.close();
    device.close();
  }

  static Stream<Policy> installed() {
    return INSTALLED.names().stream().map(name -> INSTALLED.find(name).orElseThrow());
  }

  @ParameterizedTest
  @MethodSource("installed")
  void everythingRunsWhenItTakesTurnsWithEveryOther(Policy policy) throws InterruptedException {
    List<XQueue> queues = HINTS.stream().map(this::open).toList();
    int submitted = 0;
    for (Policy other : installed().toList()) {
      scheduler.setPolicy(policy);
      submitted += submitToAll(queues);
      scheduler.setPolicy(other);
      submitted += submitToAll(queues);
    }
    scheduler.setPolicy(policy);
    for (XQueue queue : queues) {
      queue.awaitAll();
    }
    assertThat(commands.ran()).hasSize(submitted);
    assertThat(log.lines).isEmpty();
    queues.forEach(XQueue::close);
  }

  private XQueue open(Hints hints) {
    return XQueue.on(device.openQueue())
        .scheduler(scheduler)
        .hints(hints)
        .launchConfig(new LaunchConfig(4, 2))
        .level(PreemptionLevel.L2)
        .open();
  }

  private int submitToAll(List<XQueue> queues) {
    for (int i = 0; i < COMMANDS; i++) {
      queues.forEach(queue -> queue.submit(commands.quick("command")));
    }
    return COMMANDS * queues.size();
  }
}
