package dev.overtake.bench.harness;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.overtake.core.xqueue.XQueue;
import dev.overtake.platform.host.HostCommand;
import dev.overtake.platform.host.HostDevice;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every way to the device. */
@Timeout(60)
class SubmissionTest {
  enum Way {
    DIRECT,
    XQUEUE;

    Submission open(HostDevice device) {
      return switch (this) {
        case DIRECT -> new DirectSubmission(device.openQueue());
        case XQUEUE -> new XQueueSubmission(XQueue.on(device.openQueue()).open());
      };
    }
  }

  private final HostDevice device = HostDevice.open(1);
  private final List<String> done = new CopyOnWriteArrayList<>();

  @AfterEach
  void closeDevice() {
    device.close();
  }

  private HostCommand step(String name) {
    return HostCommand.of(() -> done.add(name));
  }

  private static HostCommand failing() {
    return HostCommand.of(
        () -> {
          throw new IllegalStateException("no such kernel");
        });
  }

  private static HostCommand waitingFor(CountDownLatch latch) {
    return HostCommand.of(latch::await);
  }

  @ParameterizedTest
  @EnumSource
  void commandsRunInOrderAndTheTicketWaitsForAll(Way way) throws Exception {
    try (Submission submission = way.open(device)) {
      List<String> names = IntStream.range(0, 100).mapToObj(String::valueOf).toList();
      submission.submit(names.stream().map(this::step).toList()).await();
      assertThat(done).isEqualTo(names);
    }
  }

  @ParameterizedTest
  @EnumSource
  void submittingWaitsForNothing(Way way) throws Exception {
    var release = new CountDownLatch(1);
    try (Submission submission = way.open(device)) {
      Submission.Ticket first = submission.submit(List.of(waitingFor(release)));
      Submission.Ticket second = submission.submit(List.of(step("second")));
      assertThat(done).isEmpty();
      release.countDown();
      second.await();
      first.await();
      assertThat(done).containsExactly("second");
    }
  }

  @ParameterizedTest
  @EnumSource
  void failureReachesTheTicketAndWhatIsBehindItRuns(Way way) throws Exception {
    try (Submission submission = way.open(device)) {
      Submission.Ticket ticket = submission.submit(List.of(failing(), step("behind")));
      assertThatThrownBy(ticket::await).hasMessageContaining("no such kernel");
      assertThat(done).containsExactly("behind");
    }
  }

  /** Whoever awaited a ticket releases the tensors that its commands compute on. */
  @ParameterizedTest
  @EnumSource
  void ticketEndsOnlyWhenNoneOfItsCommandsRuns(Way way) throws Exception {
    var started = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    try (Submission submission = way.open(device)) {
      Submission.Ticket failed = submission.submit(List.of(failing()));
      Submission.Ticket running =
          submission.submit(
              List.of(HostCommand.of(started::countDown), waitingFor(release), step("last")));
      assertThatThrownBy(failed::await).isInstanceOf(RuntimeException.class);
      started.await();
      CompletableFuture<List<String>> seen =
          CompletableFuture.supplyAsync(() -> doneAfter(running));
      assertThat(seen).isNotDone();
      release.countDown();
      assertThat(seen.get(30, SECONDS)).containsExactly("last");
    }
  }

  private List<String> doneAfter(Submission.Ticket ticket) {
    try {
      ticket.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } catch (LoadException e) {
      // The direct way cannot tell whose failure it was.
    }
    return List.copyOf(done);
  }

  @ParameterizedTest
  @EnumSource
  void lostDeviceEndsEveryTicketAlsoOfWhatIsSubmittedLater(Way way) {
    Submission submission = way.open(device);
    var release = new CountDownLatch(1);
    Submission.Ticket running = submission.submit(List.of(waitingFor(release), step("given up")));
    var closing = CompletableFuture.runAsync(device::close);
    release.countDown();
    closing.join();
    Submission.Ticket late = submission.submit(List.of(step("late"), step("later")));
    assertThatThrownBy(late::await).hasMessageContaining("device");
    if (!done.contains("given up")) {
      assertThatThrownBy(running::await).hasMessageContaining("the host device was closed");
    }
    assertThat(done).doesNotContain("late", "later");
    submission.close();
  }
}
