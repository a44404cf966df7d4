package dev.overtake.bench.harness;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The batch side: passes through a model, several submitted ahead so that there is always work. An
 * asynchronous loop, as a LibTorch program is that never reads its results; with one pass in flight
 * it is a loop that synchronizes every time.
 */
final class ClosedLoopClient {
  private record Outstanding(Inference inference, Submission.Ticket ticket) {}

  private final InferenceSource source;
  private final Submission submission;
  private final int passesInFlight;
  private final WorkMeter meter;
  private final Thread thread = Thread.ofPlatform().name("bench-low").unstarted(this::loop);

  private volatile boolean ending;
  private volatile @Nullable Throwable failure;

  /**
   * @param meter hears of the commands that have run
   */
  ClosedLoopClient(
      InferenceSource source, Submission submission, int passesInFlight, WorkMeter meter) {
    this.source = source;
    this.submission = submission;
    this.passesInFlight = passesInFlight;
    this.meter = meter;
  }

  void start() {
    thread.start();
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
        Inference inference = source.next(this::commandsRan);
        outstanding.add(new Outstanding(inference, submission.submit(inference.commands())));
        if (outstanding.size() >= passesInFlight) {
          outstanding.getFirst().ticket().await();
          outstanding.removeFirst().inference().ended();
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

  private void commandsRan(int count) {
    meter.completed(count, System.nanoTime());
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
