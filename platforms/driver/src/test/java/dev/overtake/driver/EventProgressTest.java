package dev.overtake.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How events are kept, with a driver of the test's own. */
class EventProgressTest {
  private final Driver driver = new Driver();
  private final EventProgress progress = new EventProgress(driver);

  private static final class Driver implements EventProgress.Events {
    private final Set<Long> alive = new HashSet<>();
    private final Set<Long> pending = new HashSet<>();
    private boolean refuses;
    private Runnable whileRecording = () -> {};
    private long made;

    @Override
    public long create() {
      alive.add(++made);
      return made;
    }

    @Override
    public void record(long event) {
      if (refuses) {
        throw new IllegalStateException("refused");
      }
      pending.add(event);
      whileRecording.run();
    }

    @Override
    public boolean isReached(long event) {
      return !pending.contains(event);
    }

    @Override
    public void destroy(long event) {
      alive.remove(event);
    }
  }

  /** A stream without room keeps who records, and whoever asks must not be kept with him. */
  @Test
  void whoAsksDoesNotWaitForOneThatIsBeingRecorded() {
    long first = progress.place();
    driver.pending.clear();
    driver.whileRecording =
        () ->
            assertThat(CompletableFuture.supplyAsync(() -> progress.hasReached(first)).join())
                .isTrue();
    assertThat(progress.place()).isGreaterThan(first);
  }

  @Test
  void asManyEventsExistAsPlacesWereWaitedForAtATime() {
    for (int round = 0; round < 100; round++) {
      var _ = progress.place();
      var _ = progress.place();
      long last = progress.place();
      assertThat(progress.hasReached(last)).isFalse();
      driver.pending.clear();
      assertThat(progress.hasReached(last)).isTrue();
    }
    assertThat(driver.made).isEqualTo(3);
    progress.close();
    assertThat(driver.alive).isEmpty();
  }

  @Test
  void whatIsReachedIsAskedAboutNoMore() {
    long first = progress.place();
    long second = progress.place();
    driver.pending.remove(1L);
    assertThat(progress.hasReached(first)).isTrue();
    driver.pending.add(1L);
    assertThat(progress.hasReached(first)).isTrue();
    assertThat(progress.hasReached(second)).isFalse();
  }

  @Test
  void anEventThatCouldNotBeRecordedServesLater() {
    driver.refuses = true;
    assertThatIllegalStateException().isThrownBy(progress::place);
    driver.refuses = false;
    assertThat(progress.place()).isEqualTo(1);
    assertThat(driver.made).isEqualTo(1);
  }
}
