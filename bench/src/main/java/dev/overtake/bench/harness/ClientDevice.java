package dev.overtake.bench.harness;

import dev.overtake.core.xqueue.HwQueue;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A device in one trial, as the clients in this JVM find it. */
public interface ClientDevice {
  /**
   * A client's place on the device, and two ways there, of which a trial opens one.
   *
   * @param hwQueue opens a queue for an XQueue: the client's alone, as an object; others may feed
   *     the same queue of the hardware
   * @param direct opens the way that a program without XQueues goes
   * @param computed what it computes there
   */
  record Client(
      Supplier<? extends HwQueue> hwQueue,
      Supplier<? extends Submission> direct,
      InferenceSource computed) {

    /** One that launches straight to the hardware queue if it goes without an XQueue. */
    public Client(HwQueue hwQueue, InferenceSource computed) {
      this(() -> hwQueue, () -> new DirectSubmission(hwQueue), computed);
    }

    /** The same, its direct way timed if somebody wants to know. */
    public Client timed(Supplier<? extends Stopwatch> maker, @Nullable Consumer<long[]> times) {
      return times == null
          ? this
          : new Client(hwQueue, () -> new TimedSubmission(direct.get(), maker, times), computed);
    }
  }

  /**
   * The latency-critical client. Called once, if that side runs.
   *
   * @param times hears of each pass, in their order, how many nanoseconds each command took, at the
   *     latest when the trial has ended; null for nobody
   */
  Client high(@Nullable Consumer<long[]> times);

  /**
   * The batch clients, at least one. Called once, if that side runs.
   *
   * @param times likewise, of all of them
   */
  List<Client> low(@Nullable Consumer<long[]> times);

  /** How many passes each batch client keeps submitted, at least 1. */
  int passesInFlight();

  /** See {@link Testbed.Setup#giveUp}; the queues have been told. */
  void giveUp();

  /** The trial has ended, and every queue is closed. */
  void close();
}
