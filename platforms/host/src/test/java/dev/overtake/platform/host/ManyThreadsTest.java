package dev.overtake.platform.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.scheduler.LocalScheduler;
import dev.overtake.core.testing.Background;
import dev.overtake.core.xqueue.Command.State;
import dev.overtake.core.xqueue.CommandDroppedException;
import dev.overtake.core.xqueue.CommandFailedException;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.ResumeFlag;
import dev.overtake.core.xqueue.SuspendFlag;
import dev.overtake.core.xqueue.XQueue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/**
 * Threads that submit and await, and threads that stop, ease, drop and reconfigure, all at once, on
 * the real device. Whatever happens, each submitter's commands run in its order, at most once, none
 * is lost, and everyone returns.
 */
class ManyThreadsTest {
  private static final List<PreemptionLevel> LEVELS = List.of(PreemptionLevel.values());
  private static final int COMMANDS_A_SUBMITTER = 150;
  private static final int CHANGES_A_CONTROLLER = 100;

  /** A command that knows who submitted it, and counts how often each of its steps was done. */
  private static final class Traced extends HostCommand {
    private final int number;
    private final int steps;
    private final boolean fails;
    private final List<Integer> ran;
    private int stepsDone;

    Traced(int number, Random random, List<Integer> ran) {
      this.number = number;
      this.steps = 1 + random.nextInt(3);
      this.fails = random.nextInt(20) == 0;
      this.ran = ran;
    }

    @Override
    protected boolean advance() throws Exception {
      stepsDone++;
      if (stepsDone < steps) {
        return true;
      }
      ran.add(number);
      if (fails) {
        throw new Exception("as meant");
      }
      return false;
    }
  }

  /** One thread's stream of commands to one queue. */
  private static final class Submitter {
    private final XQueue queue;
    private final Random random;
    private final List<Traced> commands = new ArrayList<>();
    private final List<Integer> ran = Collections.synchronizedList(new ArrayList<>());

    Submitter(XQueue queue, Random random) {
      this.queue = queue;
      this.random = random;
    }

    void run() throws InterruptedException {
      for (int i = 0; i < COMMANDS_A_SUBMITTER; i++) {
        var command = queue.submit(new Traced(i, random, ran));
        commands.add(command);
        if (random.nextInt(10) == 0) {
          awaitWhateverBecomesOf(command);
        }
      }
      for (Traced command : commands) {
        awaitWhateverBecomesOf(command);
      }
    }

    private void awaitWhateverBecomesOf(Traced command) throws InterruptedException {
      try {
        queue.await(command);
        assertThat(command.fails).isFalse();
      } catch (CommandFailedException e) {
        assertThat(e.getCause()).hasMessage("as meant");
      } catch (CommandDroppedException e) {
        assertThat(command.state()).isEqualTo(State.DROPPED);
      }
    }

    void check() {
      var expected = new ArrayList<Integer>();
      for (Traced command : commands) {
        switch (command.state()) {
          case DROPPED -> assertThat(command.stepsDone).as("steps of a dropped one").isZero();
          case COMPLETED, FAILED -> {
            assertThat(command.stepsDone).as("steps done").isEqualTo(command.steps);
            expected.add(command.number);
          }
          default -> throw new AssertionError("command " + command.number + " " + command.state());
        }
      }
      assertThat(ran).as("ran, in this order").isEqualTo(expected);
    }

    long count(State state) {
      return commands.stream().filter(command -> command.state() == state).count();
    }
  }

  @Property(tries = 60)
  void orderIsKeptNothingIsLostAndEverybodyReturns(
      @ForAll @LongRange(min = 0, max = 1_000_000) long seed,
      @ForAll @IntRange(min = 1, max = 3) int queueCount,
      @ForAll @IntRange(min = 1, max = 2) int submittersAQueue,
      @ForAll @IntRange(min = 0, max = 2) int controllers,
      @ForAll boolean shared)
      throws InterruptedException {
    var random = new Random(seed);
    try (var device = HostDevice.open(1);
        var scheduler = new LocalScheduler(new HighestPriorityFirst())) {
      List<XQueue> queues = open(device, scheduler, queueCount, shared);
      var submitters = new ArrayList<Submitter>();
      for (XQueue queue : queues) {
        for (int i = 0; i < submittersAQueue; i++) {
          submitters.add(new Submitter(queue, new Random(random.nextLong())));
        }
      }
      var work = new CopyOnWriteArrayList<Background<Void>>();
      for (Submitter submitter : submitters) {
        work.add(Background.started(submitter::run));
      }
      for (int i = 0; i < controllers; i++) {
        var decisions = new Random(random.nextLong());
        work.add(Background.started(() -> control(queues, decisions)));
      }
      for (Background<Void> each : work) {
        requireEnd(each, queues);
      }
      for (XQueue queue : queues) {
        requireEnd(Background.started(() -> awaitAllForgivingFailures(queue)), queues);
        requireEnd(Background.started(queue::close), queues);
        check(queue, submitters.stream().filter(each -> each.queue.equals(queue)).toList());
      }
    }
  }

  private static List<XQueue> open(
      HostDevice device, LocalScheduler scheduler, int count, boolean shared) {
    var first = device.openQueue();
    return Stream.iterate(0, i -> i < count, i -> i + 1)
        .map(
            i ->
                XQueue.on(i == 0 ? first : shared ? first.openShared() : device.openQueue())
                    .name("q" + i)
                    .scheduler(scheduler)
                    .hints(Hints.priority(i))
                    .launchConfig(new LaunchConfig(2, 1))
                    .open())
        .toList();
  }

  /** Changes queues at random, each of them back to running in the end. */
  private static void control(List<XQueue> queues, Random random) throws InterruptedException {
    for (int i = 0; i < CHANGES_A_CONTROLLER; i++) {
      XQueue queue = queues.get(random.nextInt(queues.size()));
      switch (random.nextInt(9)) {
        case 0, 1 -> queue.suspend();
        case 2 -> queue.suspend(SuspendFlag.SYNCHRONIZE);
        case 3, 4 -> queue.resume();
        case 5 -> queue.resume(ResumeFlag.DROP_PENDING);
        case 6 -> {
          int threshold = 1 + random.nextInt(8);
          queue.setLaunchConfig(new LaunchConfig(threshold, 1 + random.nextInt(threshold)));
        }
        case 7 -> queue.setLevel(LEVELS.get(random.nextInt(LEVELS.size())));
        default -> queue.setHints(Hints.priority(random.nextInt(3)));
      }
    }
    queues.forEach(XQueue::resume);
  }

  private static void awaitAllForgivingFailures(XQueue queue) throws InterruptedException {
    try {
      queue.awaitAll();
    } catch (CommandFailedException e) {
      assertThat(e.getCause()).hasMessage("as meant");
    }
  }

  private static void check(XQueue queue, List<Submitter> submitters) {
    submitters.forEach(Submitter::check);
    var counts = queue.counts();
    assertThat(counts.submitted()).isEqualTo((long) COMMANDS_A_SUBMITTER * submitters.size());
    assertThat(counts.unfinished()).as("unfinished").isZero();
    assertThat(counts.launched()).isEqualTo(counts.completed() + counts.failed());
    assertThat(counts.completed()).isEqualTo(sum(submitters, State.COMPLETED));
    assertThat(counts.failed()).isEqualTo(sum(submitters, State.FAILED));
    assertThat(counts.dropped()).isEqualTo(sum(submitters, State.DROPPED));
  }

  private static long sum(List<Submitter> submitters, State state) {
    return submitters.stream().mapToLong(submitter -> submitter.count(state)).sum();
  }

  /** Fails with the state of everything if this does not end. */
  private static void requireEnd(Background<Void> work, List<XQueue> queues)
      throws InterruptedException {
    Throwable thrown;
    try {
      thrown = work.outcome();
    } catch (AssertionError hung) {
      var dump = new StringBuilder(hung.getMessage());
      for (XQueue queue : queues) {
        dump.append(
            "%n%s suspended %s held %s %s"
                .formatted(queue, queue.isSuspended(), queue.isHeld(), queue.counts()));
      }
      Thread.getAllStackTraces()
          .forEach(
              (thread, stack) -> {
                dump.append("\n").append(thread);
                for (var frame : stack) {
                  dump.append("\n    ").append(frame);
                }
              });
      throw new AssertionError(dump.toString(), hung);
    }
    if (thrown != null) {
      throw new AssertionError("a thread failed", thrown);
    }
  }
}
