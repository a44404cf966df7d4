package dev.overtake.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.fail;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** How events are kept, with a driver of the test's own. */
class EventProgressTest {
  private final Driver driver = new Driver();
  private final EventProgress progress = new EventProgress(driver);

  private static final class Driver implements EventProgress.Events {
    private final Set<Long> alive = new HashSet<>();
    private final Set<Long> pending = ConcurrentHashMap.newKeySet();
    private boolean refuses;
    private Runnable whileRecording = () -> {};
    private Runnable whileAsked = () -> {};
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
      whileAsked.run();
      return !pending.contains(event);
    }

    @Override
    public void destroy(long event) {
      alive.remove(event);
    }
  }

  /** As the driver says that a capture has got an event. */
  private static final class Captured extends RuntimeException implements DriverStatus {
    private static final long serialVersionUID = 1;

    @Override
    public boolean isLasting() {
      return false;
    }

    @Override
    public boolean isOfCapture() {
      return true;
    }
  }

  private boolean reaches(long place) {
    progress.look();
    return progress.hasReached(place);
  }

  private static <T> T inAnotherThread(Supplier<T> action) {
    return CompletableFuture.supplyAsync(action).join();
  }

  /** A stream without room keeps who records, and whoever looks must not be kept with him. */
  @Test
  void whoLooksDoesNotWaitForOneThatIsBeingRecorded() {
    long first = progress.place();
    driver.pending.clear();
    driver.whileRecording = () -> assertThat(inAnotherThread(() -> reaches(first))).isTrue();
    assertThat(progress.place()).isGreaterThan(first);
  }

  @Test
  void whoPlacesDoesNotWaitForAnAnswer() {
    long first = progress.place();
    driver.whileAsked =
        () -> {
          assertThat(inAnotherThread(progress::place)).isGreaterThan(first);
          assertThat(inAnotherThread(() -> progress.hasReached(first))).isFalse();
        };
    progress.look();
  }

  @Test
  void nothingIsAskedAboutAfterItIsClosed() {
    long place = progress.place();
    progress.close();
    driver.whileAsked = () -> fail("was asked");
    assertThat(reaches(place)).isFalse();
  }

  /** What a capture has got is in no stream, and would never be reached. */
  @Test
  void anEventThatACaptureHasIsRecordedAgain() {
    long first = progress.place();
    long second = progress.place();
    driver.pending.remove(2L);
    driver.whileAsked =
        () -> {
          driver.whileAsked = () -> {};
          driver.pending.remove(1L);
          throw new Captured();
        };
    assertThat(reaches(first)).isFalse();
    assertThat(driver.pending).as("recorded again").containsExactly(1L);
    assertThat(reaches(second)).isFalse();
    driver.pending.clear();
    assertThat(reaches(second)).isTrue();
  }

  @Test
  void whileItCannotBeRecordedAgainTheCaptureIsToBlame() {
    long place = progress.place();
    driver.refuses = true;
    driver.whileAsked =
        () -> {
          throw new Captured();
        };
    assertThatExceptionOfType(Captured.class).isThrownBy(() -> reaches(place));
  }

  @Test
  void asManyEventsExistAsPlacesWereWaitedForAtATime() {
    for (int round = 0; round < 100; round++) {
      var _ = progress.place();
      var _ = progress.place();
      long last = progress.place();
      assertThat(reaches(last)).isFalse();
      driver.pending.clear();
      assertThat(reaches(last)).isTrue();
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
    assertThat(reaches(first)).isTrue();
    driver.pending.add(1L);
    assertThat(reaches(first)).isTrue();
    assertThat(reaches(second)).isFalse();
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
