package dev.overtake.control.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.overtake.core.policy.Hints;
import dev.overtake.core.policy.LatencyTarget;
import dev.overtake.core.policy.Laxity;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the policy is told, on its way through the page. */
class HintsOnPageTest {
  static final PolicyHints ALL =
      PolicyHints.NOTHING
          .priority(-3)
          .utilizationPercent(75)
          .timesliceNanos(2_000_000)
          .deadlineNanos(10_000_000)
          .laxity(new Laxity(5_000_000, -20, 20))
          .windowActive(true)
          .latencyTarget(new LatencyTarget(4_000_000, 99.5));

  @TempDir Path folder;
  private ControlPage page;
  private int slot;

  @BeforeEach
  void open() throws IOException {
    page = ControlPage.openOrCreate(folder.resolve("page"));
    slot = Pages.queue(page, Pages.device(page), 7);
  }

  @AfterEach
  void close() {
    page.close();
  }

  private Hints hinted(PolicyHints hints) {
    new Controls(page).hint(slot, QueueHints.of(hints));
    return page.slots().status(slot).orElseThrow().hints();
  }

  @Test
  void aNewQueueHasSaidItsPriorityAlone() {
    assertThat(hinted(PolicyHints.NOTHING)).isEqualTo(Hints.priority(7));
  }

  static Stream<Hints> extremes() {
    Hints most =
        new Hints(
            Hints.MAX_PRIORITY,
            100,
            PolicyHints.MAX_NANOS,
            PolicyHints.MAX_NANOS,
            new Laxity(PolicyHints.MAX_NANOS, Hints.MIN_PRIORITY, Hints.MAX_PRIORITY),
            true,
            new LatencyTarget(PolicyHints.MAX_NANOS, 99.99));
    Hints least =
        new Hints(
            Hints.MIN_PRIORITY,
            1,
            1_000,
            1_000,
            new Laxity(1_000, Hints.MIN_PRIORITY, Hints.MIN_PRIORITY),
            false,
            new LatencyTarget(1_000, 0.01));
    return Stream.of(Hints.NONE, most, least, ALL.values());
  }

  @ParameterizedTest
  @MethodSource("extremes")
  void whatIsSaidIsWhatIsRead(Hints hints) {
    assertThat(
            hinted(
                PolicyHints.NOTHING
                    .priority(hints.priority())
                    .utilizationPercent(hints.utilizationPercent())
                    .timesliceNanos(hints.timesliceNanos())
                    .deadlineNanos(hints.deadlineNanos())
                    .laxity(hints.laxity())
                    .windowActive(hints.windowActive())
                    .latencyTarget(hints.latencyTarget())))
        .isEqualTo(hints);
  }

  static Stream<UnaryOperator<PolicyHints>> single() {
    return Stream.of(
        hints -> hints.priority(9),
        hints -> hints.utilizationPercent(0),
        hints -> hints.timesliceNanos(0),
        hints -> hints.deadlineNanos(0),
        hints -> hints.laxity(null),
        hints -> hints.windowActive(false),
        hints -> hints.latencyTarget(null));
  }

  @ParameterizedTest
  @MethodSource("single")
  void whatIsNotChangedStays(UnaryOperator<PolicyHints> change) {
    hinted(ALL);
    assertThat(hinted(change.apply(PolicyHints.NOTHING))).isEqualTo(change.apply(ALL).values());
  }

  @Test
  void shortTimesAreRoundedUpAndPercentilesToHundredths() {
    Hints hints =
        hinted(
            PolicyHints.NOTHING
                .timesliceNanos(1)
                .deadlineNanos(1_001)
                .latencyTarget(new LatencyTarget(999, 99.9999)));
    assertThat(hints.timesliceNanos()).isEqualTo(1_000);
    assertThat(hints.deadlineNanos()).isEqualTo(2_000);
    assertThat(hints.latencyTarget()).isEqualTo(new LatencyTarget(1_000, 99.99));
  }

  @Test
  void aTimeThatThePageHasNoRoomForIsTold() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PolicyHints.NOTHING.deadlineNanos(5_000_000_000_000L))
        .withMessage("a deadline of 5000 s is out of range: give at most 4294 s");
  }

  @Test
  void rangesAreThoseOfTheModel() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PolicyHints.NOTHING.utilizationPercent(101))
        .withMessage("utilization 101 % is out of range: give 1 to 100");
  }

  /** That {@link Hints} can be made of it is what is tested. */
  @Test
  void whateverStandsOnADamagedPageIsReadAsHints() throws IOException {
    var random = new Random(1);
    long line = PageLayout.SLOTS_OFFSET + slot * (long) PageLayout.SLOT_BYTES + 128;
    for (int round = 0; round < 1_000; round++) {
      byte[] bytes = new byte[64];
      random.nextBytes(bytes);
      try (var file = new RandomAccessFile(page.file().toFile(), "rw")) {
        file.seek(line);
        file.write(bytes);
      }
      assertThat(page.slots().status(slot)).isPresent();
    }
  }

  @Test
  void whatTheModelDoesNotAllowCountsAsNotSaid() throws IOException {
    hinted(ALL);
    patch(PageLayout.Slot.UTILIZATION_PERCENT, 101);
    patch(PageLayout.Slot.LAX_PRIORITIES, 20 | -20 << 16);
    patch(PageLayout.Slot.TARGET_PERCENTILE_HUNDREDTHS, 10_000);
    assertThat(hinted(PolicyHints.NOTHING))
        .isEqualTo(ALL.values().withUtilizationPercent(0).withLaxity(null).withLatencyTarget(null));
  }

  private void patch(Field field, int value) throws IOException {
    try (var file = new RandomAccessFile(page.file().toFile(), "rw")) {
      file.seek(PageLayout.SLOTS_OFFSET + slot * (long) PageLayout.SLOT_BYTES + field.offset());
      file.writeInt(Integer.reverseBytes(value));
    }
  }
}
