package dev.overtake.driver.testing;

import static org.assertj.core.api.Assumptions.assumeThat;

import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.driver.StreamQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the contracts have for each test: a device and a stream. */
public abstract class StreamContract {
  StreamDevice device;
  TestStream stream;

  StreamContract() {}

  /** Opens the device under test. */
  protected abstract StreamDevice openDevice();

  @BeforeEach
  void open() {
    device = openDevice();
    stream = device.newStream();
  }

  /** Opens a queue, or skips the test where the level is not reached. */
  final StreamQueue openQueue(TestStream stream, PreemptionLevel level) {
    assumeThat(device.maxLevel()).isGreaterThanOrEqualTo(level);
    return stream.openQueue(level);
  }

  @AfterEach
  void close() {
    stream.close();
    device.close();
  }
}
