package dev.overtake.driver;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.DeviceLostException;
import dev.overtake.core.xqueue.HwQueue.Listener;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a queue's listener is told, and what its driver has back, with a driver of the test's. */
@Timeout(value = 30, threadMode = SEPARATE_THREAD)
class StreamQueueTest {
  private final Driver driver = new Driver();
  private final Told told = new Told();
  private final StreamQueue queue =
      new StreamQueue(driver, false) {
        @Override
        public Class<Command> commandType() {
          return Command.class;
        }
      };
  private final Command command = new Command() {};

  /** Its stream is done with all or with nothing. */
  private static final class Driver implements StreamPort, EventProgress.Events {
    private final CompletionWatch watch =
        CompletionWatch.named("overtake-test-watch", CompletionWatch.SPIN_NANOS, () -> {});
    private final Domain domain = new Domain(this, watch, "overtake-test-janitor");
    private final Set<Long> alive = ConcurrentHashMap.newKeySet();
    private final AtomicLong made = new AtomicLong();
    private volatile boolean refusing;
    private volatile boolean throwing;
    private volatile boolean done;

    @Override
    public String api() {
      return "test";
    }

    @Override
    public String device() {
      return "test:0";
    }

    @Override
    public CompletionWatch watch() {
      return watch;
    }

    @Override
    public Domain domain() {
      return domain;
    }

    @Override
    public Domain knownDomain() {
      return domain;
    }

    @Override
    public void launch(Command command, FailureReport failures) {
      if (throwing) {
        throw new IllegalStateException("with work in the stream");
      }
      failures.failed(command, new IllegalStateException("as all do"));
    }

    @Override
    public Progress openProgress(boolean gated) {
      return new EventProgress(this);
    }

    @Override
    public boolean isDone() {
      return done;
    }

    @Override
    public void synchronize() {}

    @Override
    public void leave() {}

    @Override
    public long create() {
      alive.add(made.incrementAndGet());
      return made.get();
    }

    @Override
    public void record(long event) {
      if (refusing) {
        throw new IllegalStateException("refused");
      }
    }

    @Override
    public boolean isReached(long event) {
      return done;
    }

    @Override
    public void destroy(long event) {
      alive.remove(event);
    }
  }

  private static final class Told implements Listener {
    private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    private volatile boolean failing;

    @Override
    public void completed(long marker) {
      calls.add("completed " + marker);
    }

    @Override
    public void failed(Command command, Throwable cause) {
      calls.add("failed");
    }

    @Override
    public void lost(Throwable cause) {
      calls.add("lost: " + cause.getMessage());
      if (failing) {
        throw new IllegalStateException("as listeners may");
      }
    }

    private String next() throws InterruptedException {
      return String.valueOf(calls.poll(10, SECONDS));
    }
  }

  private void launchAndMark(long marker) {
    queue.launch(command);
    queue.marker(marker);
  }

  @AfterEach
  void close() {
    queue.close();
  }

  @Test
  void tellsOfAFailureBeforeTheMarkerBehindIt() throws InterruptedException {
    queue.attach(told);
    launchAndMark(1);
    driver.done = true;

    assertThat(told.next()).isEqualTo("failed");
    assertThat(told.next()).isEqualTo("completed 1");
  }

  @Test
  void aMarkerThatWasRefusedIsToldOfWithTheNextOne() throws InterruptedException {
    queue.attach(told);
    driver.refusing = true;
    launchAndMark(1);
    driver.refusing = false;
    launchAndMark(2);
    driver.done = true;

    assertThat(told.next()).isEqualTo("failed");
    assertThat(told.next()).isEqualTo("failed");
    assertThat(told.next()).isEqualTo("completed 2");
  }

  @Test
  void isLostOnceAndGivesBackItsEventsWhenTheDriverRefusesAllMarkers() throws InterruptedException {
    told.failing = true;
    queue.attach(told);
    driver.refusing = true;
    launchAndMark(1);
    driver.done = true;

    assertThat(told.next()).isEqualTo("failed");
    assertThat(told.next()).isEqualTo("lost: refused");
    assertThat(driver.alive).isEmpty();
    assertThat(driver.made).hasPositiveValue();
    driver.domain.close(new IllegalStateException("closed"));
    assertThat(told.calls).isEmpty();
    assertThatExceptionOfType(DeviceLostException.class)
        .isThrownBy(() -> queue.launch(command))
        .withMessageContaining("refused");
  }

  @Test
  void waitsForWhatALaunchThatThrewPutIntoTheStream() throws InterruptedException {
    queue.attach(told);
    driver.throwing = true;
    assertThatIllegalStateException().isThrownBy(() -> queue.launch(command));
    driver.done = true;

    queue.synchronize();

    assertThat(driver.made).as("a place behind it").hasPositiveValue();
  }

  @Test
  void hasOneListener() {
    queue.attach(told);

    assertThatIllegalStateException()
        .isThrownBy(() -> queue.attach(told))
        .withMessage("the test queue has an XQueue already: open one test queue for each");
  }
}
