package dev.overtake.driver.testing;

import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.driver.StreamQueue;

/** A stream of the platform under test. */
public interface TestStream extends AutoCloseable {
  StreamQueue openQueue(PreemptionLevel level);

  /** What is in it still runs. */
  @Override
  void close();
}
