package dev.overtake.platform.cuda;

import static java.util.concurrent.CompletableFuture.delayedExecutor;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.CommandFailedException;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.QueueState;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.driver.testing.MarkerRefusalContract;
import dev.overtake.driver.testing.StreamDevice;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Markers that the driver refuses, above all since another thread captures a stream just then. */
class MarkerRefusalTest extends MarkerRefusalContract {
  private static final int WAITS_FOR_THE_DEFAULT_STREAM = 0;
  private static final int CAPTURE_GLOBAL = 0;

  private final TestGpu gpu = new TestGpu();
  private final ExecutorService otherThread = Executors.newSingleThreadExecutor();
  private final CudaStream launching = gpu.context.newStream();

  @Override
  protected Class<? extends StreamDevice> device() {
    return TestGpu.class;
  }

  @Override
  protected String outOfMemory() {
    return "CUDA_ERROR_OUT_OF_MEMORY";
  }

  /** Behind the context's trial of the call, and the gate before the first command. */
  @Override
  protected String failureAtLevel2() {
    return "cuStreamBatchMemOp:3:2";
  }

  @AfterEach
  void close() {
    otherThread.close();
    launching.close();
    gpu.close();
  }

  private XQueue open(CudaStream stream) {
    return XQueue.on(stream.openQueue()).launchConfig(new LaunchConfig(4, 1)).open();
  }

  /** A stream whose capture is in the way of whatever comes to the default stream. */
  private long newBlockingStream() {
    return gpu.context.call(() -> CudaDriver.createStream(WAITS_FOR_THE_DEFAULT_STREAM, 0));
  }

  private void beginCapture(long stream, int mode) {
    inOtherThread(() -> CudaDriver.beginCapture(stream, mode));
  }

  /** Throws if it was disturbed. */
  private void endCapture(long stream) {
    inOtherThread(() -> CudaDriver.destroyGraph(CudaDriver.endCapture(stream)));
  }

  /** Whether a capture of so many milliseconds is one in the end. */
  private boolean captures(long stream, long millis) throws InterruptedException {
    beginCapture(stream, CudaDriver.CAPTURE_RELAXED);
    MILLISECONDS.sleep(millis);
    try {
      endCapture(stream);
      return true;
    } catch (CudaStatusException e) {
      assertThat(e.statusName()).isEqualTo("CUDA_ERROR_STREAM_CAPTURE_INVALIDATED");
      return false;
    }
  }

  private void inOtherThread(Runnable action) {
    try {
      otherThread.submit(() -> gpu.context.run(action)).get();
    } catch (ExecutionException e) {
      throw (RuntimeException) e.getCause();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Launches them, and then another thread begins to capture. */
  private CudaCommand thenCapture(
      long captured, int mode, CudaResource used, CudaCommand... commands) {
    return CudaCommand.call(
        stream -> {
          for (CudaCommand command : commands) {
            command.enqueue(stream, (_, _) -> {});
          }
          beginCapture(captured, mode);
        },
        used);
  }

  /** So long that the watch has looked at the others several times. */
  private void letOthersBeLookedAt() throws InterruptedException {
    try (XQueue beside = open(launching)) {
      beside.await(beside.submit(gpu.launch("busy", Duration.ofMillis(50).toNanos())));
    }
  }

  @Test
  void aQueueOutlivesACaptureThatIsInTheWayOfItsMarker() throws InterruptedException {
    long captured = newBlockingStream();
    var go = gpu.word();
    var count = gpu.word();
    DeviceBuffer buffer = gpu.context.allocate(64);
    try (XQueue queue = open(gpu.context.defaultStream())) {
      Command command =
          queue.submit(
              thenCapture(
                  captured,
                  CudaDriver.CAPTURE_RELAXED,
                  buffer,
                  gpu.launch("await_word", go.buffer()),
                  CudaCommand.fill(buffer, (byte) 7),
                  gpu.launch("add_one", count.buffer())));
      Command refused = queue.submit(gpu.launch("empty"));
      buffer.close();
      go.set(1);
      StreamDevice.await("what was launched is done", () -> count.value() == 1);
      letOthersBeLookedAt();
      gpu.settle();
      assertThat(queue.state()).isEqualTo(QueueState.READY);
      assertThat(command.state()).isEqualTo(Command.State.IN_FLIGHT);
      buffer.requireAlive();

      endCapture(captured);
      queue.await(command);
      assertThatExceptionOfType(CommandFailedException.class)
          .as("a command that was launched meanwhile")
          .isThrownBy(() -> queue.await(refused))
          .withMessageContaining("CUDA_ERROR_STREAM_CAPTURE_IMPLICIT");
      gpu.settle();
      assertThat(LifetimeTest.isFreed(buffer)).isTrue();
      queue.await(queue.submit(gpu.launch("add_one", count.buffer())));
      assertThat(count.value()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"L1", "L2"})
  void aQueueOutlivesACaptureOfItsOwnStream(PreemptionLevel level) throws InterruptedException {
    CudaStream own = gpu.context.newStream();
    var count = gpu.word();
    try (XQueue queue =
        XQueue.on(own.openQueue(level)).level(level).launchConfig(new LaunchConfig(4, 1)).open()) {
      Command command =
          queue.submit(
              thenCapture(
                  own.handle(),
                  CudaDriver.CAPTURE_RELAXED,
                  launching,
                  gpu.launch("add_one", count.buffer())));
      Command refused = queue.submit(gpu.launch("add_one", count.buffer()));
      StreamDevice.await("what was launched is done", () -> count.value() == 1);
      letOthersBeLookedAt();
      assertThat(count.value()).isEqualTo(1);
      assertThat(command.state()).isEqualTo(Command.State.IN_FLIGHT);

      endCapture(own.handle());
      queue.await(command);
      assertThatExceptionOfType(CommandFailedException.class)
          .as("a command that would have been captured")
          .isThrownBy(() -> queue.await(refused))
          .withMessageContaining("CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED");
      queue.await(queue.submit(gpu.launch("add_one", count.buffer())));
      assertThat(count.value()).isEqualTo(2);
    }
    own.close();
  }

  /**
   * The watch asks every 10 ms whether a stream still works in which nothing moves, once it has
   * seen that nobody captures there. No call of the driver does both, so a capture that begins in
   * between is lost: one of several will not be.
   */
  @Test
  void aCaptureBehindWhatRunsIsNotDisturbed() throws InterruptedException {
    CudaStream own = gpu.context.newStream();
    var go = gpu.word();
    try (XQueue queue = open(own)) {
      Command running = queue.submit(gpu.launch("await_word", go.buffer()));
      go.awaitKernel();
      boolean captured = false;
      for (int i = 0; i < 5 && !captured; i++) {
        captured = captures(own.handle(), 50);
      }
      assertThat(captured).isTrue();
      go.set(1);
      queue.await(running);
    } finally {
      go.set(1);
    }
    own.close();
  }

  @Test
  void aContextIsClosedWhenTheCaptureOfAQueuesStreamHasEnded() {
    CudaContext context = gpu.device.createContext();
    CudaStream captured = context.newStream();
    XQueue queue = open(captured);
    context.run(() -> CudaDriver.beginCapture(captured.handle(), CudaDriver.CAPTURE_RELAXED));
    assertThatExceptionOfType(CudaStatusException.class)
        .isThrownBy(context::close)
        .withMessageContaining("CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED");

    context.run(() -> CudaDriver.destroyGraph(CudaDriver.endCapture(captured.handle())));
    assertThat(queue.state()).as("told nothing yet").isEqualTo(QueueState.IDLE);
    context.close();
    assertThat(queue.state()).isEqualTo(QueueState.LOST);
    queue.close();
    captured.close();
  }

  /** To ask whether an event was reached would end one, in a thread that minded captures. */
  @Test
  void captureIsNotDisturbedByWhoLooksWhatIsDone() throws InterruptedException {
    CudaStream captured = gpu.context.newStream();
    var go = gpu.word();
    try (HwQueue hwQueue = CudaStream.ofHandle(launching.handle(), gpu.device).openQueue();
        XQueue queue = XQueue.on(hwQueue).open()) {
      queue.submit(
          thenCapture(
              captured.handle(), CAPTURE_GLOBAL, captured, gpu.launch("await_word", go.buffer())));
      var _ = CompletableFuture.runAsync(() -> go.set(1), delayedExecutor(50, MILLISECONDS));
      hwQueue.synchronize();
      queue.awaitAll();
      endCapture(captured.handle());
    }
    captured.close();
  }

  @Test
  void whoSynchronizesIsToldOfTheCaptureByTheDriversError() throws InterruptedException {
    long captured = newBlockingStream();
    try (HwQueue hwQueue = gpu.context.defaultStream().openQueue();
        XQueue queue = XQueue.on(hwQueue).launchConfig(new LaunchConfig(4, 4)).open()) {
      Command command =
          queue.submit(
              thenCapture(captured, CudaDriver.CAPTURE_RELAXED, launching, gpu.launch("empty")));
      assertThatExceptionOfType(CudaStatusException.class)
          .isThrownBy(hwQueue::synchronize)
          .withMessageContaining("CUDA_ERROR_STREAM_CAPTURE_IMPLICIT");

      endCapture(captured);
      hwQueue.synchronize();
      queue.await(command);
    }
  }
}
