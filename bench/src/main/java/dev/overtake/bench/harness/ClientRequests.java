package dev.overtake.bench.harness;

/** Requests that are passes through what a client computes. */
record ClientRequests(InferenceSource source, Submission submission) implements Requests {
  @Override
  public Answer send() {
    Inference inference = source.next(_ -> {});
    Submission.Ticket ticket = submission.submit(inference.commands());
    return () -> await(ticket, inference);
  }

  private static void await(Submission.Ticket ticket, Inference inference)
      throws InterruptedException {
    try {
      ticket.await();
      inference.ended();
    } catch (RuntimeException | Error e) {
      inference.close();
      throw e;
    }
  }
}
