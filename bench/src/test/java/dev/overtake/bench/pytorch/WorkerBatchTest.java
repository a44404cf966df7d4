package dev.overtake.bench.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.overtake.bench.harness.BatchSide;
import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.result.ScheduledQueue;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A low side that says what a test gives it. */
@Timeout(30)
class WorkerBatchTest {
  private static final long SECOND = 1_000_000_000;

  private static final class ScriptedExchange implements Exchange {
    private final SynchronousQueue<String> lines = new SynchronousQueue<>();

    /** A permit whenever somebody listens for a line: he has then dealt with the one before. */
    private final Semaphore listening = new Semaphore(0);

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void say(String line) {
      told.add(line);
    }

    @Override
    public String readLine() {
      try {
        listening.release();
        String line = lines.take();
        if (line.equals("ended")) {
          throw new LoadException("it has ended", null);
        }
        return line;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public LoadException unexpected(String line, String expected) {
      return new LoadException("said '%s' instead of '%s'".formatted(line, expected), null);
    }

    @Override
    public long pid() {
      return 4711;
    }
  }

  private final ScriptedExchange exchange = new ScriptedExchange();
  private long escapes;
  private final WorkerBatch batch = new WorkerBatch(exchange, this::look);

  private Optional<ScheduledQueue> look(long pid) {
    assertThat(pid).isEqualTo(4711);
    return escapes < 0
        ? Optional.empty()
        : Optional.of(
            new ScheduledQueue("HPF", PreemptionLevel.L2, new LaunchConfig(16, 4), 300, escapes));
  }

  private void start() throws InterruptedException {
    batch.start();
    exchange.listening.acquire();
  }

  /** Returns once it has been dealt with. */
  private void iterations(long count, long seconds) throws InterruptedException {
    exchange.lines.put("iterations %d %d".formatted(count, seconds * SECOND));
    exchange.listening.acquire();
  }

  private void end() throws InterruptedException {
    exchange.lines.put("stopped");
    batch.end();
  }

  @Test
  void rateIsThatBetweenFirstAndLastWordWithinTheMeasuredTime() throws Exception {
    start();
    iterations(100, 10);
    batch.beginMeasuring();
    iterations(120, 11);
    iterations(180, 14);
    BatchSide.Work work = batch.measured();
    iterations(500, 20);
    end();
    assertThat(work).isEqualTo(new BatchSide.Work(60, 3));
    assertThat(batch.measured()).as("what came later does not count").isEqualTo(work);
    assertThat(exchange.told).containsExactly("start");
  }

  @Test
  void oneWordIsNoRate() throws Exception {
    start();
    batch.beginMeasuring();
    iterations(120, 11);
    assertThat(batch.measured()).isEqualTo(new BatchSide.Work(0, 0));
    end();
  }

  @Test
  void queueHasTheEscapesOfTheMeasuredTime() throws Exception {
    start();
    escapes = 3;
    batch.beginMeasuring();
    escapes = 5;
    batch.measured();
    assertThat(batch.queue())
        .isEqualTo(new ScheduledQueue("HPF", PreemptionLevel.L2, new LaunchConfig(16, 4), 300, 2));
    end();
  }

  @Test
  void withoutAQueueThereIsNoneToShow() throws Exception {
    escapes = -1;
    start();
    batch.beginMeasuring();
    batch.measured();
    assertThat(batch.queue()).isNull();
    end();
  }

  @Test
  void itIsToldOnceToStop() throws Exception {
    batch.start();
    batch.expectEnd();
    batch.expectEnd();
    end();
    assertThat(exchange.told).containsExactly("start", "stop");
    assertThat(batch.hasFailed()).isFalse();
  }

  @Test
  void wordThatDoesNotBelongThereIsAFailure() throws Exception {
    batch.start();
    exchange.lines.put("iterations many");
    batch.join();
    assertThat(batch.hasFailed()).isTrue();
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(batch::end)
        .withMessage("said 'iterations many' instead of 'iterations'");
    batch.expectEnd();
    assertThat(exchange.told).as("nobody is told who is gone").containsExactly("start");
  }

  @Test
  void processThatEndsIsAFailure() throws Exception {
    batch.start();
    exchange.lines.put("ended");
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(batch::end)
        .withMessage("it has ended");
  }
}
