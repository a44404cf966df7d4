package dev.overtake.bench.harness;

import dev.overtake.core.xqueue.HwQueue;
import java.util.List;
import java.util.function.Supplier;

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
  }

  /** The latency-critical client. Called once, if that side runs. */
  Client high();

  /** The batch clients, at least one. Called once, if that side runs. */
  List<Client> low();

  /** How many passes each batch client keeps submitted, at least 1. */
  int passesInFlight();

  /** See {@link Testbed.Setup#giveUp}; the queues have been told. */
  void giveUp();

  /** The trial has ended, and every queue is closed. */
  void close();
}
