package dev.overtake.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.overtake.core.xqueue.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TimedSubmissionTest {
  private final List<String> closed = new ArrayList<>();
  private final Way way = new Way();
  private final List<Watch> watches = new ArrayList<>();
  private final List<long[]> times = new CopyOnWriteArrayList<>();
  private final TimedSubmission submission = new TimedSubmission(way, this::newWatch, times::add);

  private final List<Command> pass = List.of(new Step(), new Step(), new Step());

  private static final class Step extends Command {}

  /** What is submitted in place of a command. */
  private static final class TimedStep extends Command {
    private final int place;
    private final Command step;

    TimedStep(int place, Command step) {
      this.place = place;
      this.step = step;
    }
  }

  /** Takes times that tell where they are from: 102 is that of the last command by watch 1. */
  private final class Watch implements Stopwatch {
    private final int number;

    Watch(int number) {
      this.number = number;
    }

    @Override
    public Command timed(int place, Command command) {
      return new TimedStep(place, command);
    }

    @Override
    public long nanos(int place) {
      return 100L * number + place;
    }

    @Override
    public void close() {
      closed.add("watch " + number);
    }
  }

  private Watch newWatch() {
    var watch = new Watch(watches.size());
    watches.add(watch);
    return watch;
  }

  /** The submission beneath: a pass ends when the test says so. */
  private final class Way implements Submission {
    private final List<List<? extends Command>> passes = new ArrayList<>();
    private final List<CompletableFuture<Void>> ends = new ArrayList<>();
    private boolean givenUp;

    @Override
    public Ticket submit(List<? extends Command> commands) {
      passes.add(commands);
      var end = new CompletableFuture<Void>();
      ends.add(end);
      return end::join;
    }

    @Override
    public void giveUp() {
      givenUp = true;
    }

    @Override
    public void close() {
      closed.add("way");
    }
  }

  private static CompletableFuture<Void> awaitElsewhere(Submission.Ticket ticket) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            ticket.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private void submitAndEnd() throws InterruptedException {
    Submission.Ticket ticket = submission.submit(pass);
    way.ends.getLast().complete(null);
    ticket.await();
  }

  @Test
  void aPassIsSubmittedInOrderAndItsTimesAreToldWhenItHasEnded() throws InterruptedException {
    Submission.Ticket ticket = submission.submit(pass);
    assertThat(way.passes).hasSize(1);
    assertThat(way.passes.getFirst()).map(command -> ((TimedStep) command).step).isEqualTo(pass);
    assertThat(way.passes.getFirst())
        .map(command -> ((TimedStep) command).place)
        .containsExactly(0, 1, 2);
    CompletableFuture<Void> awaited = awaitElsewhere(ticket);
    assertThat(times).isEmpty();

    way.ends.getFirst().complete(null);
    awaited.join();
    assertThat(times).containsExactly(new long[] {0, 1, 2});
  }

  @Test
  void aStopwatchServesOnePassAfterAnother() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      submitAndEnd();
    }
    assertThat(times).hasSize(5);
    assertThat(watches).hasSize(1);
  }

  @Test
  void passesInFlightHaveAStopwatchEachHoweverTheyAreAwaited() {
    Submission.Ticket first = submission.submit(pass);
    Submission.Ticket second = submission.submit(pass);
    way.ends.forEach(end -> end.complete(null));
    awaitElsewhere(second).join();
    Submission.Ticket third = submission.submit(pass);
    way.ends.getLast().complete(null);
    awaitElsewhere(first).join();
    awaitElsewhere(third).join();

    assertThat(times)
        .containsExactly(
            new long[] {100, 101, 102}, new long[] {0, 1, 2}, new long[] {100, 101, 102});
    assertThat(watches).hasSize(2);
  }

  @Test
  void ofAPassThatFailedNothingIsTold() throws InterruptedException {
    var lost = new LoadException("the device is lost", null);
    Submission.Ticket ticket = submission.submit(pass);
    way.ends.getFirst().completeExceptionally(lost);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(ticket::await).isInstanceOf(CompletionException.class).hasCause(lost);
    }
    assertThat(times).isEmpty();

    submitAndEnd();
    assertThat(times).containsExactly(new long[] {100, 101, 102});
    submission.close();
    assertThat(closed).containsExactly("way", "watch 0", "watch 1");
  }

  @Test
  void givingUpIsPassedOn() {
    submission.giveUp();
    assertThat(way.givenUp).isTrue();
  }
}
