package dev.overtake.bench.pytorch;

import dev.overtake.bench.harness.LoadException;
import dev.overtake.bench.harness.Requests;

/**
 * The requests of one trial to a worker's high side. It answers in order and leaves none out, so
 * each answer is awaited even when it is no longer wanted: the next trial begins with an empty
 * connection.
 */
final class WorkerRequests implements Requests {
  private final Exchange exchange;

  private long sent;
  private volatile boolean givenUp;

  WorkerRequests(Exchange exchange) {
    this.exchange = exchange;
  }

  @Override
  public Answer send() {
    long number = ++sent;
    exchange.say("request " + number);
    return () -> await(number);
  }

  /** From now on, an answer comes too late. */
  void giveUp() {
    givenUp = true;
  }

  private void await(long number) {
    String answer = exchange.readLine();
    if (!answer.startsWith("done " + number + " ")) {
      throw exchange.unexpected(answer, "done " + number);
    }
    if (givenUp) {
      throw new LoadException("the answer came after the trial's end", null);
    }
  }
}
