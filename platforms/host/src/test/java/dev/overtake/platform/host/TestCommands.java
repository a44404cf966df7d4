package dev.overtake.platform.host;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;

/** Commands that go on when the test says so, and a record of what ran in which order. */
final class TestCommands {
  private static final long LIMIT_SECONDS = 10;

  private final List<String> ran = new CopyOnWriteArrayList<>();

  /** The names of the commands that have run to their end, in that order. */
  List<String> ran() {
    return ran;
  }

  /** A command that runs at once. */
  HostCommand quick(String name) {
    return HostCommand.of(() -> ran.add(name));
  }

  /** A command that starts and waits to be let go. */
  Blocker blocker(String name) {
    return new Blocker(name);
  }

  Stepper stepper(String name, int steps) {
    return new Stepper(name, steps);
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(LIMIT_SECONDS, SECONDS)).as("in time").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A command without preemption points. */
  final class Blocker extends HostCommand {
    private final String name;
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);

    private Blocker(String name) {
      this.name = name;
    }

    @Override
    protected boolean advance() {
      started.countDown();
      TestCommands.await(mayEnd);
      ran.add(name);
      return false;
    }

    Blocker awaitStart() {
      TestCommands.await(started);
      return this;
    }

    boolean hasStarted() {
      return started.getCount() == 0;
    }

    void end() {
      mayEnd.countDown();
    }
  }

  /** A command with a preemption point behind each step; each step waits for a permit. */
  final class Stepper extends HostCommand {
    private final String name;
    private final int steps;
    private final Semaphore permits = new Semaphore(0);
    private final Phaser begun = new Phaser(1);
    private final List<Integer> done = new CopyOnWriteArrayList<>();

    private Stepper(String name, int steps) {
      this.name = name;
      this.steps = steps;
    }

    @Override
    protected boolean advance() throws InterruptedException {
      begun.arrive();
      permits.acquire();
      done.add(done.size() + 1);
      if (done.size() < steps) {
        return true;
      }
      ran.add(name);
      return false;
    }

    /** Waits until this step, counted from 1, has begun. */
    Stepper awaitStep(int step) {
      try {
        begun.awaitAdvanceInterruptibly(step - 1, LIMIT_SECONDS, SECONDS);
      } catch (InterruptedException | TimeoutException e) {
        throw new AssertionError("step " + step + " of " + name + " did not begin", e);
      }
      return this;
    }

    void allow(int steps) {
      permits.release(steps);
    }

    /** The steps that were done, in order: a step done twice or left out would show. */
    List<Integer> done() {
      return done;
    }
  }
}
