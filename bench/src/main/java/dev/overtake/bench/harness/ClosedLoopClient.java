package dev.overtake.bench.harness;

import dev.overtake.bench.model.SegmentedModel;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The batch side: passes through a model, several submitted ahead so that there is always work. An
 * asynchronous loop, as a LibTorch program is that never reads its results; with one pass in flight
 * it is a loop that synchronizes every time.
 */
final class ClosedLoopClient {
  private record Outstanding(Inference inference, Submission.Ticket ticket) {}

  private final SegmentedModel model;
  private final Submission submission;
  private final int passesInFlight;
  private final @Nullable Consumer<long[]> times;
  private final LongAdder segments = new LongAdder();
  private final Thread thread = Thread.ofPlatform().name("bench-low").unstarted(this::loop);

  private volatile boolean ending;
  private volatile @Nullable Throwable failure;

  /** Of whose commands nobody wants to know how long they took. */
  ClosedLoopClient(SegmentedModel model, Submission submission, int passesInFlight) {
    this(model, submission, passesInFlight, null);
  }

  /**
   * @param times see {@link Inference}
   */
  ClosedLoopClient(
      SegmentedModel model,
      Submission submission,
      int passesInFlight,
      @Nullable Consumer<long[]> times) {
    this.model = model;
    this.submission = submission;
    this.passesInFlight = passesInFlight;
    this.times = times;
  }

  void start() {
    thread.start();
  }

  /** Segments computed so far. Counted, not whole passes, since one of those may take seconds. */
  long segments() {
    return segments.sum();
  }

  /** Whether a command failed while the trial was going on; {@link #end} then throws. */
  boolean hasFailed() {
    return failure != null;
  }

  /** Submits nothing more; what fails from now on was cut off by the trial's end. */
  void expectEnd() {
    ending = true;
  }

  /**
   * Waits for the loop's end, once the device has computed or given up everything.
   *
   * @throws LoadException if a command failed while the trial was going on
   */
  void end() throws InterruptedException {
    join();
    if (failure != null) {
      throw LoadException.because("a low-priority pass failed", failure);
    }
  }

  /** Waits for the loop's end, as {@link #end} does, and throws nothing that went wrong. */
  void join() throws InterruptedException {
    thread.join();
  }

  private void loop() {
    var outstanding = new ArrayDeque<Outstanding>();
    try {
      while (!ending) {
        var inference = new Inference(model, segments::increment, times);
        outstanding.add(new Outstanding(inference, submission.submit(inference.commands())));
        if (outstanding.size() >= passesInFlight) {
          outstanding.getFirst().ticket().await();
          outstanding.removeFirst();
        }
      }
    } catch (RuntimeException | Error e) { // Any: a thread that ends unnoticed makes fine figures.
      if (!ending) {
        failure = e;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      outstanding.forEach(each -> awaitEnd(each));
    }
  }

  /** Waits until the pass is over, in whichever way, and releases it. */
  private static void awaitEnd(Outstanding outstanding) {
    try {
      outstanding.ticket().await();
    } catch (RuntimeException | Error e) {
      outstanding.inference().close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
