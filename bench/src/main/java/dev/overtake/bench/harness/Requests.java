package dev.overtake.bench.harness;

/** Where the latency-critical side's requests go. */
public interface Requests {
  /** One request's answer. */
  interface Answer {
    /**
     * Waits until the request is answered or given up; answers come in the order of the requests,
     * and are awaited in it, by one thread.
     *
     * @throws RuntimeException if the request failed, or was given up; its message says why
     */
    void await() throws InterruptedException;
  }

  /** Sends a request and does not wait for it. Called by one thread. */
  Answer send();
}
