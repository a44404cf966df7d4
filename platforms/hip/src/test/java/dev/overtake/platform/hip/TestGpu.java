package dev.overtake.platform.hip;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.driver.LaunchShape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The device under test, with the test kernels: the simulated driver's by way of the bridge, unless
 * the property {@code hip.device} names a real one.
 */
final class TestGpu implements AutoCloseable {
  private static final long LIMIT_SECONDS = 20;
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

  /** A word of the host's that kernels see: 0 at first. */
  Word word() {
    HipHostBuffer buffer = device.allocateHost(2 * Integer.BYTES);
    buffer.segment().fill((byte) 0);
    return new Word(buffer);
  }

  record Word(HipHostBuffer buffer) {
    int value() {
      return (int) JAVA_INT.varHandle().getVolatile(buffer.segment(), 0L);
    }

    void set(int value) {
      JAVA_INT.varHandle().setVolatile(buffer.segment(), 0L, value);
    }

    /** Waits until a kernel runs that awaits this word. */
    void awaitKernel() {
      await(
          "the kernel runs",
          () -> (int) JAVA_INT.varHandle().getVolatile(buffer.segment(), 4L) != 0);
    }
  }

  /** Waits for what another thread brings about. */
  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited in vain: " + what).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    kernels.close();
  }
}
