package dev.overtake.core.xqueue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.scheduler.Schedulable;
import dev.overtake.core.scheduler.Scheduler;
import dev.overtake.core.xqueue.Command.State;
import dev.overtake.core.xqueue.FakeHwQueue.Named;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Random programs on one queue, against a {@linkplain QueueModel model} that is too simple to be
 * wrong: one thread, lists, no lock. After every step the hardware must have been told exactly what
 * the model says, and every command and count must be where the model has it.
 */
class RandomProgramsTest {
  /** One step of a program. */
  sealed interface Step {
    record Submit() implements Step {}

    /** The hardware refuses the launch that follows next. */
    record SubmitRefused() implements Step {}

    /** As many launched commands finish, or as there are. */
    record Finish(int commands) implements Step {}

    /** The oldest launched command fails, if there is one. */
    record Fail() implements Step {}

    record Suspend() implements Step {}

    record Resume() implements Step {}

    record Drop() implements Step {}

    record Hold() implements Step {}

    record Release() implements Step {}

    record Configure(LaunchConfig config) implements Step {}

    record Level(PreemptionLevel level) implements Step {}

    record AwaitAll() implements Step {}

    /** Awaits the command submitted as this one, counted round. */
    record AwaitOne(int number) implements Step {}
  }

  @Property(tries = 2_000)
  void theQueueDoesWhatTheModelDoes(@ForAll("programs") List<Step> program)
      throws InterruptedException {
    var run = new Run();
    for (Step step : program) {
      run.execute(step);
      run.compare(step);
    }
    run.drain();
  }

  /** A queue beside its model. */
  private static final class Run implements Scheduler {
    private final FakeHwQueue hw = new FakeHwQueue();
    private final QueueModel model = new QueueModel(new LaunchConfig(2, 1));
    private final XQueue queue = XQueue.on(hw).scheduler(this).launchConfig(model.config).open();
    private final List<Command> commands = new ArrayList<>();
    private Schedulable scheduled;

    void execute(Step step) throws InterruptedException {
      switch (step) {
        case Step.Submit() -> submit();
        case Step.SubmitRefused() -> {
          var refusal = new IllegalStateException("refused " + commands.size());
          hw.refuseNextLaunch(refusal);
          model.refuseNextLaunch(refusal);
          submit();
        }
        case Step.Finish(int wanted) -> {
          int finishing = Math.min(wanted, hw.unfinished());
          if (finishing > 0) {
            model.finish(finishing);
            hw.finish(finishing);
          }
        }
        case Step.Fail() -> {
          if (hw.unfinished() > 0) {
            var cause = new Exception("failure");
            model.fail(cause);
            hw.fail(cause);
          }
        }
        case Step.Suspend() -> {
          model.suspended = true;
          model.settle();
          queue.suspend();
        }
        case Step.Resume() -> {
          model.suspended = false;
          model.settle();
          queue.resume();
        }
        case Step.Drop() -> {
          model.drop();
          queue.resume(ResumeFlag.DROP_PENDING);
        }
        case Step.Hold() -> {
          model.held = true;
          model.settle();
          scheduled.hold();
        }
        case Step.Release() -> {
          model.held = false;
          model.settle();
          scheduled.release();
        }
        case Step.Configure(LaunchConfig config) -> {
          model.config = config;
          model.settle();
          queue.setLaunchConfig(config);
        }
        case Step.Level(PreemptionLevel level) -> {
          model.level = level;
          model.settle();
          queue.setLevel(level);
        }
        case Step.AwaitAll() -> awaitAll();
        case Step.AwaitOne(int number) -> {
          if (!commands.isEmpty()) {
            awaitOne(number % commands.size());
          }
        }
      }
    }

    private void submit() {
      model.submit();
      commands.add(queue.submit(new Named(Integer.toString(commands.size()))));
    }

    private void awaitAll() throws InterruptedException {
      Throwable expected = model.isIdle() ? model.takeFailure() : null;
      try {
        assertThat(queue.awaitAll(Duration.ZERO)).as("awaitAll").isEqualTo(model.isIdle());
        assertThat(expected).as("a failure that awaitAll kept to itself").isNull();
      } catch (CommandFailedException e) {
        assertThat(e.getCause()).as("awaitAll's failure").isSameAs(expected);
      }
    }

    private void awaitOne(int number) throws InterruptedException {
      State expected = model.states.get(number);
      try {
        assertThat(queue.await(commands.get(number), Duration.ZERO))
            .as("await of %d", number)
            .isEqualTo(expected == State.COMPLETED);
        assertThat(expected).isNotIn(State.FAILED, State.DROPPED);
      } catch (CommandFailedException e) {
        assertThat(expected).isEqualTo(State.FAILED);
        assertThat(e.getCause()).isSameAs(model.failures.get(number));
      } catch (CommandDroppedException e) {
        assertThat(expected).isEqualTo(State.DROPPED);
      }
    }

    void compare(Step step) {
      assertThat(hw.calls()).as("told to the hardware at %s", step).isEqualTo(model.takeCalls());
      assertThat(commands.stream().map(Command::state).toList())
          .as("states after %s", step)
          .isEqualTo(model.states);
      assertThat(queue.counts()).as("counts after %s", step).isEqualTo(model.counts());
      assertThat(queue.state())
          .as("state after %s", step)
          .isEqualTo(model.isIdle() ? QueueState.IDLE : QueueState.READY);
      assertThat(model.isStalled()).as("stalled after %s", step).isFalse();
      assertThat(queue.isSuspended()).isEqualTo(model.suspended);
      assertThat(queue.isHeld()).isEqualTo(model.held);
    }

    /** Lets the queue run to its end: nothing may be left over. */
    void drain() throws InterruptedException {
      // Only if need be: either would set a stalled queue going again.
      if (model.held) {
        execute(new Step.Release());
      }
      if (model.suspended) {
        execute(new Step.Resume());
      }
      while (hw.unfinished() > 0) {
        execute(new Step.Finish(1));
      }
      compare(new Step.Finish(0));
      assertThat(queue.counts().unfinished()).as("left over").isZero();
      assertThat(model.isIdle()).isTrue();
      queue.close();
      assertThat(hw.calls()).containsExactly("close");
    }

    @Override
    public void attach(Schedulable queue) {
      scheduled = queue;
    }

    @Override
    public void detach(Schedulable queue) {}

    @Override
    public void changed() {}
  }

  @Provide
  Arbitrary<List<Step>> programs() {
    var configs =
        Combinators.combine(
                Arbitraries.integers().between(1, 6), Arbitraries.integers().between(1, 6))
            .as(
                (a, b) ->
                    (Step) new Step.Configure(new LaunchConfig(Math.max(a, b), Math.min(a, b))));
    return Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.just(new Step.Submit())),
            Tuple.of(1, Arbitraries.just(new Step.SubmitRefused())),
            Tuple.of(6, Arbitraries.integers().between(1, 5).map(n -> (Step) new Step.Finish(n))),
            Tuple.of(1, Arbitraries.just(new Step.Fail())),
            Tuple.of(2, Arbitraries.of(new Step.Suspend(), new Step.Resume())),
            Tuple.of(1, Arbitraries.just(new Step.Drop())),
            Tuple.of(2, Arbitraries.of(new Step.Hold(), new Step.Release())),
            Tuple.of(2, configs),
            Tuple.of(1, Arbitraries.of(PreemptionLevel.class).map(l -> (Step) new Step.Level(l))),
            Tuple.of(1, Arbitraries.just(new Step.AwaitAll())),
            Tuple.of(
                1, Arbitraries.integers().between(0, 20).map(n -> (Step) new Step.AwaitOne(n))))
        .list()
        .ofMaxSize(60);
  }
}
