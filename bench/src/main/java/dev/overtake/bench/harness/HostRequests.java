package dev.overtake.bench.harness;

import dev.overtake.bench.model.SegmentedModel;

/** Requests that are passes through a model on the host device. */
record HostRequests(SegmentedModel model, Submission submission) implements Requests {
  @Override
  public Answer send() {
    var inference = new Inference(model, () -> {});
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
