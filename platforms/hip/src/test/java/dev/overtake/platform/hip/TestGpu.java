package dev.overtake.platform.hip;

import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.driver.LaunchShape;
import dev.overtake.driver.StreamQueue;
import dev.overtake.driver.testing.HostWord;
import dev.overtake.driver.testing.StreamDevice;
import dev.overtake.driver.testing.TestStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The device under test, with the test kernels: the simulated driver's by way of the bridge, unless
 * the property {@code hip.device} names a real one.
 */
final class TestGpu implements StreamDevice {
  private static final LaunchShape ONE_THREAD = LaunchShape.of(1, 1);

  final HipDevice device = device();
  private final HipModule kernels = load(device);

  /** Looked up before anything runs, since that may wait for what runs. */
  private final Map<String, HipKernel> loaded =
      Stream.of("empty", "add_one", "await_word", "busy", "fault")
          .collect(Collectors.toMap(name -> name, kernels::kernel));

  static boolean isSimulated() {
    return System.getProperty("hip.device") == null;
  }

  static HipDevice device() {
    return HipDevice.named(System.getProperty("hip.device", "hip:0"));
  }

  static HipModule load(HipDevice device) {
    if (isSimulated()) {
      return device.loadModule(new byte[] {1}); // Any image will do: a kernel is known by its name.
    }
    try (InputStream source = TestGpu.class.getResourceAsStream("kernels.hip")) {
      return device.compile(
          "kernels.hip", new String(source.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  HipKernel kernel(String name) {
    return loaded.get(name);
  }

  /** Launches a kernel with one thread. */
  HipCommand launch(String name, Object... arguments) {
    return kernel(name).bind(arguments).launch(ONE_THREAD);
  }

  @Override
  public Word word() {
    HipHostBuffer buffer = device.allocateHost(HostWord.BYTES);
    buffer.segment().fill((byte) 0);
    return new Word(buffer);
  }

  record Word(HipHostBuffer buffer) implements HostWord {
    @Override
    public MemorySegment segment() {
      return buffer.segment();
    }

    @Override
    public void close() {
      buffer.close();
    }
  }

  // ---- for the contracts

  private record OwnStream(HipStream stream) implements TestStream {
    @Override
    public StreamQueue openQueue(PreemptionLevel level) {
      return stream.openQueue(level);
    }

    @Override
    public void close() {
      stream.close();
    }
  }

  @Override
  public TestStream newStream() {
    return new OwnStream(device.newStream());
  }

  @Override
  public HipCommand command(String kernel, HostWord... words) {
    return launch(kernel, Arrays.stream(words).map(word -> ((Word) word).buffer()).toArray());
  }

  @Override
  public HipCommand host(Runnable function) {
    return HipCommand.host(function);
  }

  @Override
  public void lose(Throwable cause) {
    device.domain().lose(cause);
  }

  /** Waits for what the device frees by itself. */
  @Override
  public void settle() throws InterruptedException {
    var settled = new CountDownLatch(1);
    device.domain().later(settled::countDown);
    settled.await();
    device.run(() -> Hip.synchronizeStream(device.memoryStream()));
  }

  @Override
  public Object held() {
    return List.of(device.signals().slotCount(), LiveObjects.of(device));
  }

  @Override
  public long freeBytes() {
    return device.freeBytes();
  }

  @Override
  public void close() {
    kernels.close();
  }
}
