package dev.overtake.platform.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.overtake.core.xqueue.CommandFailedException;
import dev.overtake.core.xqueue.XQueue;
import dev.overtake.driver.testing.StreamDevice;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each kind of command does. */
class CudaCommandTest {
  private static final int BYTES = 1 << 20;
  private static final long BUSY_NANOS = 20_000;

  private final TestGpu gpu = new TestGpu();
  private final CudaStream stream = gpu.context.newStream();
  private XQueue queue;

  @BeforeEach
  void open() {
    queue = XQueue.on(stream.openQueue()).open();
  }

  @AfterEach
  void close() {
    queue.close();
    stream.close();
    gpu.close();
  }

  @Test
  void copiesToTheDeviceOnItAndBack() throws InterruptedException {
    try (HostBuffer from = gpu.context.allocateHost(BYTES);
        DeviceBuffer first = gpu.context.allocate(BYTES);
        DeviceBuffer second = gpu.context.allocate(BYTES + 16);
        HostBuffer to = gpu.context.allocateHost(BYTES + 16)) {
      for (int i = 0; i < BYTES / Integer.BYTES; i++) {
        from.segment().setAtIndex(JAVA_INT, i, 31 * i);
      }
      to.segment().fill((byte) 1);
      queue.submit(CudaCommand.fill(second, (byte) 9));
      queue.submit(CudaCommand.copy(from, first));
      queue.submit(CudaCommand.copy(first, second));
      queue.submit(CudaCommand.copy(second, to));
      queue.awaitAll();

      assertThat(to.segment().asSlice(0, BYTES).mismatch(from.segment())).isEqualTo(-1);
      assertThat(to.segment().get(JAVA_BYTE, BYTES + 15)).isEqualTo((byte) 9);
    }
  }

  @Test
  void fillsWithBytesAndInts() throws InterruptedException {
    try (DeviceBuffer buffer = gpu.context.allocate(64);
        HostBuffer seen = gpu.context.allocateHost(64)) {
      queue.submit(CudaCommand.fill(buffer, 0x01020304));
      queue.submit(CudaCommand.copy(buffer, seen));
      queue.awaitAll();
      assertThat(seen.segment().toArray(JAVA_INT)).containsOnly(0x01020304);

      queue.submit(CudaCommand.fill(buffer, (byte) 5));
      queue.submit(CudaCommand.copy(buffer, seen));
      queue.awaitAll();
      assertThat(seen.segment().toArray(JAVA_BYTE)).containsOnly(5);
    }
  }

  @Test
  void copiesToAnotherContext() throws InterruptedException {
    copiesTo(gpu.device);
  }

  @Test
  void copiesToAnotherDevice() throws InterruptedException {
    List<CudaDevice> all = CudaDevice.all();
    assumeThat(all).as("a second device").hasSizeGreaterThan(1);
    copiesTo(all.get((gpu.device.ordinal() + 1) % all.size()));
  }

  private void copiesTo(CudaDevice device) throws InterruptedException {
    try (CudaContext other = device.createContext();
        DeviceBuffer here = gpu.context.allocate(64);
        DeviceBuffer there = other.allocate(64);
        HostBuffer seen = other.allocateHost(64);
        CudaStream otherStream = other.newStream();
        XQueue otherQueue = XQueue.on(otherStream.openQueue()).open()) {
      queue.submit(CudaCommand.fill(here, 42));
      queue.submit(CudaCommand.copy(here, there));
      queue.awaitAll();
      otherQueue.submit(CudaCommand.copy(there, seen));
      otherQueue.awaitAll();
      assertThat(seen.segment().toArray(JAVA_INT)).containsOnly(42);
    }
  }

  @Test
  void aGraphRunsAsOneCommandAndKeepsWhatItUses() throws InterruptedException {
    var count = gpu.word();
    DeviceBuffer buffer = gpu.context.allocate(64);
    try (HostBuffer seen = gpu.context.allocateHost(64);
        CudaGraph graph =
            CudaGraph.record(
                gpu.context,
                recorder -> {
                  recorder.accept(CudaCommand.fill(buffer, 3));
                  recorder.accept(gpu.launch("add_one", count.buffer()));
                  recorder.accept(gpu.launch("add_one", count.buffer()));
                  recorder.accept(CudaCommand.copy(buffer, seen));
                })) {
      buffer.close();
      assertThat(count.value()).as("recorded, not run").isZero();
      queue.submit(CudaCommand.launch(graph));
      queue.submit(CudaCommand.launch(graph));
      queue.awaitAll();

      assertThat(count.value()).isEqualTo(4);
      assertThat(seen.segment().toArray(JAVA_INT)).containsOnly(3);
      assertThat(queue.counts().completed()).isEqualTo(2);
    }
  }

  @Test
  void aGraphThatCannotBeRecordedLeavesNothingBehind() {
    DeviceBuffer buffer = gpu.context.allocate(64);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                CudaGraph.record(
                    gpu.context,
                    recorder -> {
                      recorder.accept(CudaCommand.fill(buffer, 3));
                      recorder.accept(CudaCommand.host(() -> {}));
                    }))
        .withMessageContaining("host function");
    buffer.close();
    assertThatIllegalStateException().as("freed at once").isThrownBy(buffer::requireAlive);
    assertThat(CudaGraph.record(gpu.context, _ -> {})).isNotNull();
  }

  @Test
  void anEventCannotBePartOfAGraph() {
    try (CudaEvent event = gpu.context.newEvent()) {
      for (CudaCommand command :
          List.of(
              CudaCommand.record(event),
              CudaCommand.awaitEvent(event),
              CudaCommand.timed(gpu.launch("busy", 1L), event, event))) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> CudaGraph.record(gpu.context, to -> to.accept(command)))
            .withMessageContaining("an event");
      }
    }
  }

  @Test
  void anEventTellsWhenItIsReachedAndHowLongItTook() throws Exception {
    try (CudaEvent start = gpu.context.newEvent();
        CudaEvent end = gpu.context.newEvent()) {
      StreamDevice.assertTwoMillis(
          () -> {
            queue.submit(CudaCommand.record(start));
            queue.submit(gpu.launch("busy", 2_000_000L));
            queue.submit(CudaCommand.record(end));
            queue.awaitAll();

            end.synchronize();
            assertThat(end.isDone()).isTrue();
            return start.nanosUntil(end);
          });
    }
  }

  @Test
  void aTimedCommandTellsHowLongItTookAndWhatBecameOfIt() throws Exception {
    try (CudaEvent begin = gpu.context.newEvent();
        CudaEvent end = gpu.context.newEvent()) {
      StreamDevice.assertTwoMillis(
          () -> {
            queue.submit(CudaCommand.timed(gpu.launch("busy", 2_000_000L), begin, end));
            queue.awaitAll();
            return begin.nanosUntil(end);
          });

      var broken = new IllegalStateException("broken");
      CudaCommand failing =
          CudaCommand.timed(
              CudaCommand.host(
                  () -> {
                    throw broken;
                  }),
              begin,
              end);
      queue.submit(failing);
      assertThatExceptionOfType(CommandFailedException.class)
          .isThrownBy(() -> queue.await(failing));
      assertThat(failing.failure()).isSameAs(broken);
    }
  }

  @Test
  void aTimedCommandKeepsWhatItUsesUntilItHasFinished() throws InterruptedException {
    DeviceBuffer buffer = gpu.context.allocate(64);
    CudaEvent event = gpu.context.newEvent();
    queue.suspend();
    queue.submit(CudaCommand.timed(CudaCommand.fill(buffer, (byte) 7), event, event));
    event.close();
    buffer.close();
    buffer.requireAlive();
    queue.resume();
    queue.awaitAll();
    gpu.settle();
    assertThatIllegalStateException().isThrownBy(buffer::requireAlive);
    assertThatIllegalStateException().isThrownBy(event::requireAlive);

    CudaEvent spare = gpu.context.newEvent();
    var late = CudaCommand.timed(CudaCommand.fill(buffer, (byte) 8), spare, spare);
    assertThatIllegalStateException().isThrownBy(() -> queue.submit(late));
    spare.close();
    assertThatIllegalStateException().isThrownBy(spare::requireAlive);
  }

  @Test
  void ofTwoThreadsThatLaunchIntoOneStreamNeitherIsInTheOthersTime() throws InterruptedException {
    List<Interval> intervals = Stream.generate(this::interval).limit(400).toList();
    try (CudaEvent start = gpu.context.newEvent()) {
      queue.await(queue.submit(CudaCommand.record(start)));
      var together = new CyclicBarrier(2);
      var others = CompletableFuture.runAsync(() -> launch(intervals.subList(0, 200), together));
      launch(intervals.subList(200, 400), together);
      others.join();
      stream.synchronize();

      List<Interval> inOrder =
          intervals.stream()
              .sorted(Comparator.comparingLong(each -> start.nanosUntil(each.begin)))
              .toList();
      for (int i = 1; i < inOrder.size(); i++) {
        assertThat(inOrder.get(i - 1).end.nanosUntil(inOrder.get(i).begin)).isNotNegative();
      }
    }
    intervals.forEach(Interval::close);
  }

  private record Interval(CudaEvent begin, CudaEvent end) {
    void close() {
      begin.close();
      end.close();
    }
  }

  private Interval interval() {
    return new Interval(gpu.context.newEvent(), gpu.context.newEvent());
  }

  private void launch(List<Interval> intervals, CyclicBarrier together) {
    try (BareStream bare = BareStream.enter(stream)) {
      together.await();
      for (Interval each : intervals) {
        bare.launch(CudaCommand.timed(gpu.launch("busy", BUSY_NANOS), each.begin, each.end));
      }
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aQueueWaitsForAnotherOnesEvent() throws InterruptedException {
    var go = gpu.word();
    var count = gpu.word();
    try (CudaStream otherStream = gpu.context.newStream();
        XQueue other = XQueue.on(otherStream.openQueue()).open();
        CudaEvent event = gpu.context.newEvent()) {
      queue.submit(gpu.launch("await_word", go.buffer()));
      queue.submit(CudaCommand.record(event));
      other.submit(CudaCommand.awaitEvent(event));
      other.submit(CudaCommand.host(() -> count.set(1)));

      assertThat(event.isDone()).isFalse();
      assertThat(count.value()).isZero();
      go.set(1);
      other.awaitAll();
      assertThat(count.value()).isEqualTo(1);
      assertThat(event.isDone()).isTrue();
    }
  }

  @Test
  void theDefaultStreamIsOneLikeOthers() throws InterruptedException {
    var count = gpu.word();
    try (XQueue onDefault = XQueue.on(gpu.context.defaultStream().openQueue()).open()) {
      onDefault.submit(gpu.launch("add_one", count.buffer()));
      onDefault.awaitAll();
    }
    assertThat(count.value()).isEqualTo(1);
  }

  @Test
  void aStreamOfSomebodyElsesHasTheContextThatItWasMadeIn() throws InterruptedException {
    var count = gpu.word();
    var foreign = CudaStream.ofHandle(stream.handle(), gpu.device);
    try (XQueue onForeign = XQueue.on(foreign.openQueue()).open()) {
      onForeign.submit(gpu.launch("add_one", count.buffer()));
      onForeign.awaitAll();
    }
    assertThat(count.value()).isEqualTo(1);
  }

  @Test
  void defaultStreamsWithoutACurrentContextShareTheDevicesOwn() {
    assertThat(CudaDriver.currentContext()).isZero();
    CudaContext first = CudaStream.ofHandle(0, gpu.device).context();
    assertThat(CudaStream.ofHandle(1, gpu.device).context()).isSameAs(first);
  }

  @Test
  void theContextOfTheLaunchingThreadIsItsOwnAfterwards() throws Exception {
    try (CudaContext other = gpu.device.createContext()) {
      other.run(
          () -> {
            queue.submit(gpu.launch("empty"));
            assertThat(CudaDriver.currentContext()).isEqualTo(other.handle());
          });
      queue.awaitAll();
    }
  }

  @Test
  void aThreadThatHadNoContextHasNoneAfterwards() throws InterruptedException {
    assertThat(CudaDriver.currentContext()).as("one was created").isZero();
    queue.submit(gpu.launch("empty"));
    queue.awaitAll();
    assertThat(CudaDriver.currentContext()).isZero();
    gpu.context.run(
        () -> {
          gpu.device.createContext().close();
          assertThat(CudaDriver.currentContext()).isEqualTo(gpu.context.handle());
        });
    assertThat(CudaDriver.currentContext()).isZero();
  }
}
