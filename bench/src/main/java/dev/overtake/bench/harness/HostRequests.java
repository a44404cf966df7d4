package dev.overtake.bench.harness;

import dev.overtake.bench.model.SegmentedModel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests that are passes through a model on the host device.
 *
 * @param times see {@link Inference}
 */
record HostRequests(SegmentedModel model, Submission submission, @Nullable Consumer<long[]> times)
    implements Requests {
  /** Of whose commands nobody wants to know how long they took. */
  HostRequests(SegmentedModel model, Submission submission) {
    this(model, submission, null);
  }

  @Override
  public Answer send() {
    var inference = new Inference(model, () -> {}, times);
    Submission.Ticket ticket = submission.submit(inference.commands());
    return () -> await(ticket, inference);
  }

  private static void await(Submission.Ticket ticket, Inference inference)
      throws InterruptedException {
    try {
      ticket.await();
    } catch (RuntimeException | Error e) {
      inference.close();
      throw e;
    }
  }
}
