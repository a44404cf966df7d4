package dev.overtake.bench.harness;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.util.concurrent.CountDownLatch;

/** Tells a running experiment to end early and keep what it has. Raised once, by any thread. */
public final class StopSignal {
  private final CountDownLatch raised = new CountDownLatch(1);

  public void raise() {
    raised.countDown();
  }

  public boolean isRaised() {
    return raised.getCount() == 0;
  }

  /** Sleeps; returns early, and true, once the signal is raised. */
  boolean await(long nanos) throws InterruptedException {
    return raised.await(nanos, NANOSECONDS);
  }
}
