package dev.overtake.driver.testing;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.PreemptionLevel;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/**
 * A device of the platform under test, as the contracts use it. Its kernels, which run in one
 * thread of the device:
 *
 * <ul>
 *   <li>{@code empty} does nothing;
 *   <li>{@code add_one} adds 1 to its word;
 *   <li>{@code await_word} sets the second int of its word and ends when the first is not 0;
 *   <li>{@code fault} does what no kernel may.
 * </ul>
 */
public interface StreamDevice extends AutoCloseable {
  /** What is tested up to: level 1 only of a platform that does not have level 2 yet. */
  default PreemptionLevel maxLevel() {
    return PreemptionLevel.L2;
  }

  /** A stream of its own. */
  TestStream newStream();

  HostWord word();

  /** Launches the kernel of this name. */
  Command command(String kernel, HostWord... words);

  /** Calls a function of the host's. */
  Command host(Runnable function);

  /** Has the device fail, as far as its queues are told. */
  void lose(Throwable cause);

  /** Waits until what was closed, and nothing uses, has been given back to the driver. */
  void settle() throws InterruptedException;

  /** What is held of the driver, as far as that can be told: equal if it is as much. */
  Object held();

  /** Bytes of the device's memory that nobody has; the same number always where it has none. */
  long freeBytes();

  @Override
  void close();

  /** Waits for what another thread brings about. */
  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited in vain: " + what).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  /**
   * Checks what a platform measures of work that takes 2 ms. Whoever submits may stand still in
   * between, which counts: so it is measured up to ten times, until that is no second.
   */
  static void assertTwoMillis(Callable<Long> measuredNanos) throws Exception {
    long nanos = Long.MAX_VALUE;
    for (int tries = 0; tries < 10 && nanos > SECONDS.toNanos(1); tries++) {
      nanos = measuredNanos.call();
      assertThat(nanos).isGreaterThanOrEqualTo(1_900_000);
    }
    assertThat(nanos).isLessThanOrEqualTo(SECONDS.toNanos(1));
  }
}
