package dev.overtake.platform.cuda;

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
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A context of its own on the device under test, with the test kernels: of the simulated driver,
 * unless the property {@code cuda.device} names a real one.
 */
final class TestGpu implements StreamDevice {
  private static final LaunchShape ONE_THREAD = LaunchShape.of(1, 1);

  final CudaDevice device = device();
  final CudaContext context = device.createContext();
  private final CudaModule kernels = load(context);

  /** Looked up before anything runs, since that may wait for what runs. */
  private final Map<String, CudaKernel> loaded =
      Stream.of("empty", "add_one", "await_word", "busy", "fault")
          .collect(Collectors.toMap(name -> name, kernels::kernel));

  static boolean isSimulated() {
    return System.getProperty("cuda.device") == null;
  }

  static CudaDevice device() {
    return CudaDevice.named(System.getProperty("cuda.device", "cuda:0"));
  }

  static CudaModule load(CudaContext context) {
    if (isSimulated()) {
      return context.loadModule(
          new byte[] {1}); // Any image will do: a kernel is known by its name.
    }
    try (InputStream source = TestGpu.class.getResourceAsStream("kernels.cu")) {
      return context.compile(
          "kernels.cu", new String(source.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  CudaKernel kernel(String name) {
    return loaded.get(name);
  }

  /** Launches a kernel with one thread. */
  CudaCommand launch(String name, Object... arguments) {
    return kernel(name).bind(arguments).launch(ONE_THREAD);
  }

  @Override
  public Word word() {
    HostBuffer buffer = context.allocateHost(HostWord.BYTES);
    buffer.segment().fill((byte) 0);
    return new Word(buffer);
  }

  record Word(HostBuffer buffer) implements HostWord {
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

  private record OwnStream(CudaStream stream) implements TestStream {
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
    return new OwnStream(context.newStream());
  }

  @Override
  public CudaCommand command(String kernel, HostWord... words) {
    return launch(kernel, Arrays.stream(words).map(word -> ((Word) word).buffer()).toArray());
  }

  @Override
  public CudaCommand host(Runnable function) {
    return CudaCommand.host(function);
  }

  @Override
  public void lose(Throwable cause) {
    context.domain().lose(cause);
  }

  /** Waits for what the context frees by itself. */
  @Override
  public void settle() throws InterruptedException {
    var settled = new CountDownLatch(1);
    context.later(settled::countDown);
    settled.await();
    context.run(() -> CudaDriver.synchronizeStream(context.memoryStream()));
  }

  @Override
  public Object held() {
    return LiveObjects.of(context);
  }

  @Override
  public long freeBytes() {
    return context.freeBytes();
  }

  @Override
  public void close() {
    kernels.close();
    context.close();
  }
}
