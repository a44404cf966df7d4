package dev.overtake.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.overtake.bench.model.SegmentedModel;
import dev.overtake.core.xqueue.Command;
import dev.overtake.platform.host.HostCommand;
import dev.overtake.platform.host.HostDevice;
import dev.overtake.platform.host.HostQueue;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both kinds of clients, on a device that the test may hold up. */
@Timeout(60)
class ClientsTest {
  private static final long HELD_NANOS = 20_000_000;
  private static final long FOREVER = Long.MAX_VALUE / 2;

  private final SegmentedModel model = TinyModels.working();
  private final HostDevice device = HostDevice.open(1);
  private final HostQueue hwQueue = device.openQueue();
  private final Submission submission = new DirectSubmission(hwQueue);
  private final Submission before = new DirectSubmission(hwQueue.openShared());
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void nothingIsLeftOpen() {
    release.countDown();
    device.close();
    assertThat(model.openPasses()).isZero();
    model.close();
  }

  private void holdDevice() {
    before.submit(List.of(HostCommand.of(release::await)));
  }

  /** Lets this much time pass since a moment: what is measured, and not a way to wait. */
  private static void letPass(long nanos, long since) {
    while (System.nanoTime() - since < nanos) {
      Thread.onSpinWait();
    }
  }

  /** Counts down with each submission, then passes it on. */
  private Submission counted(CountDownLatch submissions) {
    return new Submission() {
      @Override
      public Ticket submit(List<? extends Command> commands) {
        Ticket ticket = submission.submit(commands);
        submissions.countDown();
        return ticket;
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void everyRequestIsAnswered() throws Exception {
    long[] due = {0, 1_000_000, 1_500_000, 1_500_000, 4_000_000};
    var sent = new CountDownLatch(due.length);
    var client =
        new OpenLoopClient(new ClientRequests(new HostInferences(model), counted(sent)), due, 0);
    client.start(System.nanoTime());
    sent.await();
    client.stop();
    assertThat(client.awaitAnswers(FOREVER)).isTrue();
    OpenLoopClient.Recording recording = client.end();
    assertThat(recording.dueNanos()).isEqualTo(due);
    assertThat(LongStream.of(recording.latencyNanos()))
        .hasSize(due.length)
        .allMatch(nanos -> nanos > 0);
    assertThat(recording.unfinished()).isZero();
    assertThat(recording.busyNanos()).isPositive();
  }

  @Test
  void requestsThatWarmUpAreSentAndNotRecorded() throws Exception {
    long[] due = {-2_000_000, -1_000_000, 0, 1_000_000};
    var sent = new CountDownLatch(due.length);
    var client =
        new OpenLoopClient(new ClientRequests(new HostInferences(model), counted(sent)), due, 0);

    client.start(System.nanoTime() + 3_000_000);
    sent.await();
    client.stop();

    assertThat(client.awaitAnswers(FOREVER)).isTrue();
    OpenLoopClient.Recording recording = client.end();
    assertThat(recording.warmUps()).isEqualTo(2);
    assertThat(recording.dueNanos()).containsExactly(0, 1_000_000);
    assertThat(recording.latencyNanos()).hasSize(2);
  }

  @Test
  void latencyCountsFromTheDueTimeThroughABacklog() throws Exception {
    long[] due = {0, 1_000_000, 2_000_000};
    var sent = new CountDownLatch(due.length);
    holdDevice();
    var client =
        new OpenLoopClient(new ClientRequests(new HostInferences(model), counted(sent)), due, 0);
    client.start(System.nanoTime());
    long started = System.nanoTime();
    sent.await();
    letPass(HELD_NANOS, started);
    release.countDown();
    assertThat(client.awaitAnswers(FOREVER)).isTrue();
    OpenLoopClient.Recording recording = client.end();
    for (int i = 0; i < due.length; i++) {
      assertThat(recording.latencyNanos()[i]).isGreaterThanOrEqualTo(HELD_NANOS - due[i]);
    }
    // The three overlap: the side was busy for as long as the oldest waited, and not three times.
    assertThat(recording.busyNanos())
        .isGreaterThanOrEqualTo(HELD_NANOS)
        .isLessThanOrEqualTo(recording.latencyNanos()[2] + due[2]);
  }

  @Test
  void latencyCountsFromTheDueTimeThoughTheSenderWasLate() throws Exception {
    var late = new CountDownLatch(1);
    Submission slow =
        new Submission() {
          @Override
          public Ticket submit(List<? extends Command> commands) {
            try {
              late.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return submission.submit(commands);
          }

          @Override
          public void close() {}
        };
    var client =
        new OpenLoopClient(
            new ClientRequests(new HostInferences(model), slow), new long[] {0, 0}, 0);
    client.start(System.nanoTime());
    long started = System.nanoTime();
    letPass(HELD_NANOS, started);
    late.countDown();
    assertThat(client.awaitAnswers(FOREVER)).isTrue();
    assertThat(LongStream.of(client.end().latencyNanos()))
        .hasSize(2)
        .allMatch(nanos -> nanos >= HELD_NANOS);
  }

  @Test
  void whatIsDueWhenTheClientIsStoppedIsStillSentAndNothingElse() throws Exception {
    var client =
        new OpenLoopClient(
            new ClientRequests(new HostInferences(model), submission),
            new long[] {0, 0, 0, FOREVER},
            0);
    client.start(System.nanoTime());
    client.stop();
    assertThat(client.awaitAnswers(FOREVER)).isTrue();
    assertThat(client.end().dueNanos()).containsExactly(0, 0, 0);
  }

  @Test
  void unfinishedRequestsCountWithTheTimeThatTheyHaveWaited() throws Exception {
    long[] due = {0, 0};
    var sent = new CountDownLatch(due.length);
    holdDevice();
    var client =
        new OpenLoopClient(new ClientRequests(new HostInferences(model), counted(sent)), due, 0);
    client.start(System.nanoTime());
    long started = System.nanoTime();
    sent.await();
    client.stop();
    assertThat(client.awaitAnswers(1)).isFalse();
    letPass(HELD_NANOS, started);
    client.expectEnd();
    Thread closing = Thread.ofPlatform().start(device::close);
    release.countDown();
    closing.join();
    OpenLoopClient.Recording recording = client.end();
    assertThat(LongStream.of(recording.latencyNanos()))
        .hasSize(2)
        .allMatch(nanos -> nanos >= HELD_NANOS);
    assertThat(recording.unfinished()).isBetween(0, 2);
  }

  @Test
  void requestsThatCouldNotBeSentBecauseTheSenderWasHeldUpCountToo() throws Exception {
    var blocked = new CountDownLatch(1);
    var givenUp = new CountDownLatch(1);
    Requests full =
        () -> {
          blocked.countDown();
          try {
            givenUp.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          throw new IllegalStateException("given up");
        };
    var client = new OpenLoopClient(full, new long[] {0, 0, 1, FOREVER}, 0);
    client.start(System.nanoTime());
    long started = System.nanoTime();
    blocked.await();
    letPass(HELD_NANOS, started);
    client.stop();
    assertThat(client.awaitAnswers(1)).isFalse();
    client.expectEnd();
    givenUp.countDown();
    OpenLoopClient.Recording recording = client.end();
    assertThat(recording.dueNanos()).containsExactly(0, 0, 1);
    assertThat(recording.unfinished()).isEqualTo(3);
    assertThat(LongStream.of(recording.latencyNanos()))
        .hasSize(3)
        .allMatch(nanos -> nanos >= HELD_NANOS);
  }

  @Test
  void requestThatFailsEndsTheClient() throws Exception {
    try (SegmentedModel failing = TinyModels.failing()) {
      var client =
          new OpenLoopClient(
              new ClientRequests(new HostInferences(failing), submission),
              new long[] {0, FOREVER},
              0);
      client.start(System.nanoTime());
      assertThat(client.awaitAnswers(FOREVER)).isTrue();
      assertThat(client.hasFailed()).isTrue();
      assertThatExceptionOfType(LoadException.class)
          .isThrownBy(client::end)
          .withMessageStartingWith("a high-priority request failed: ")
          .withMessageContaining("model failing: segment ");
      assertThat(failing.openPasses()).isZero();
    }
  }

  @Test
  void batchLoopKeepsSoManyPassesAhead() throws Exception {
    holdDevice();
    var sent = new CountDownLatch(3);
    var meter = new WorkMeter(1);
    var client = new ClosedLoopClient(new HostInferences(model), counted(sent), 3, meter);
    meter.begin();
    client.start();
    sent.await();
    assertThat(model.openPasses()).isEqualTo(3);
    client.expectEnd();
    release.countDown();
    client.end();
    // The first command ends before anything counts.
    assertThat(meter.end().iterations()).isEqualTo(3 * TinyModels.SEGMENTS - 1);
  }

  @Test
  void batchLoopThatIsCutOffReleasesItsPasses() throws Exception {
    var sent = new CountDownLatch(100);
    var meter = new WorkMeter(1);
    var client = new ClosedLoopClient(new HostInferences(model), counted(sent), 20, meter);
    meter.begin();
    client.start();
    sent.await();
    client.expectEnd();
    device.close();
    client.end();
    assertThat(meter.end().iterations()).isGreaterThanOrEqualTo(80 * TinyModels.SEGMENTS - 1);
  }

  @Test
  void passThatFailsEndsTheBatchLoop() throws Exception {
    try (SegmentedModel failing = TinyModels.failing()) {
      var client =
          new ClosedLoopClient(new HostInferences(failing), submission, 4, new WorkMeter(1));
      client.start();
      assertThatExceptionOfType(LoadException.class)
          .isThrownBy(client::end)
          .withMessageStartingWith("a low-priority pass failed: ")
          .withMessageContaining("model failing: segment ");
      assertThat(client.hasFailed()).isTrue();
      assertThat(failing.openPasses()).isZero();
    }
  }

  /** Computes each pass, and ends then in an error: on submission, or when it is awaited. */
  private Submission erring(boolean atSubmission) {
    return new Submission() {
      @Override
      public Ticket submit(List<? extends Command> commands) {
        Ticket ticket = submission.submit(commands);
        Ticket erring =
            () -> {
              ticket.await();
              throw new OutOfMemoryError("of the test");
            };
        if (atSubmission) {
          try {
            erring.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        }
        return erring;
      }

      @Override
      public void close() {}
    };
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void errorInAClientIsItsFailure(boolean atSubmission) throws Exception {
    var high =
        new OpenLoopClient(
            new ClientRequests(new HostInferences(model), erring(atSubmission)),
            new long[] {0, FOREVER},
            0);
    high.start(System.nanoTime());
    assertThat(high.awaitAnswers(FOREVER)).isTrue();
    assertThat(high.hasFailed()).isTrue();
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(high::end)
        .withMessage("a high-priority request failed: java.lang.OutOfMemoryError: of the test");

    var low =
        new ClosedLoopClient(new HostInferences(model), erring(atSubmission), 2, new WorkMeter(1));
    low.start();
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(low::end)
        .withMessage("a low-priority pass failed: java.lang.OutOfMemoryError: of the test");
    assertThat(low.hasFailed()).isTrue();
  }
}
