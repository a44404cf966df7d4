package dev.overtake.platform.hip;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.overtake.core.xqueue.XQueue;
import dev.overtake.driver.LaunchShape;
import dev.overtake.driver.testing.StreamDevice;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each kind of command does. */
class HipCommandTest {
  private static final int BYTES = 1 << 20;

  private final TestGpu gpu = new TestGpu();
  private final HipStream stream = gpu.device.newStream();
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
    try (HipHostBuffer from = gpu.device.allocateHost(BYTES);
        HipBuffer first = gpu.device.allocate(BYTES);
        HipBuffer second = gpu.device.allocate(BYTES + 16);
        HipHostBuffer to = gpu.device.allocateHost(BYTES + 16)) {
      for (int i = 0; i < BYTES / Integer.BYTES; i++) {
        from.segment().setAtIndex(JAVA_INT, i, 31 * i);
      }
      to.segment().fill((byte) 1);
      queue.submit(HipCommand.fill(second, (byte) 9));
      queue.submit(HipCommand.copy(from, first));
      queue.submit(HipCommand.copy(first, second));
      queue.submit(HipCommand.copy(second, to));
      queue.awaitAll();

      assertThat(to.segment().asSlice(0, BYTES).mismatch(from.segment())).isEqualTo(-1);
      assertThat(to.segment().get(JAVA_BYTE, BYTES + 15)).isEqualTo((byte) 9);
    }
  }

  @Test
  void fillsWithBytesAndInts() throws InterruptedException {
    try (HipBuffer buffer = gpu.device.allocate(64);
        HipHostBuffer seen = gpu.device.allocateHost(64)) {
      queue.submit(HipCommand.fill(buffer, 0x01020304));
      queue.submit(HipCommand.copy(buffer, seen));
      queue.awaitAll();
      assertThat(seen.segment().toArray(JAVA_INT)).containsOnly(0x01020304);

      queue.submit(HipCommand.fill(buffer, (byte) 5));
      queue.submit(HipCommand.copy(buffer, seen));
      queue.awaitAll();
      assertThat(seen.segment().toArray(JAVA_BYTE)).containsOnly(5);
    }
  }

  @Test
  void copiesToAnotherDevice() throws InterruptedException {
    List<HipDevice> all = HipDevice.all();
    assumeThat(all).as("a second device").hasSizeGreaterThan(1);
    copiesTo(all.get((gpu.device.ordinal() + 1) % all.size()));
  }

  private void copiesTo(HipDevice device) throws InterruptedException {
    try (HipBuffer here = gpu.device.allocate(64);
        HipBuffer there = device.allocate(64);
        HipHostBuffer seen = device.allocateHost(64);
        HipStream otherStream = device.newStream();
        XQueue otherQueue = XQueue.on(otherStream.openQueue()).open()) {
      queue.submit(HipCommand.fill(here, 42));
      queue.submit(HipCommand.copy(here, there));
      queue.awaitAll();
      otherQueue.submit(HipCommand.copy(there, seen));
      otherQueue.awaitAll();
      assertThat(seen.segment().toArray(JAVA_INT)).containsOnly(42);
    }
  }

  @Test
  void anEventTellsWhenItIsReachedAndHowLongItTook() throws Exception {
    try (HipEvent start = gpu.device.newEvent();
        HipEvent end = gpu.device.newEvent()) {
      StreamDevice.assertTwoMillis(
          () -> {
            queue.submit(HipCommand.record(start));
            queue.submit(gpu.launch("busy", 2_000_000L));
            queue.submit(HipCommand.record(end));
            queue.awaitAll();

            end.synchronize();
            assertThat(end.isDone()).isTrue();
            return start.nanosUntil(end);
          });
    }
  }

  @Test
  void aQueueWaitsForAnotherOnesEvent() throws InterruptedException {
    var go = gpu.word();
    var count = gpu.word();
    try (HipStream otherStream = gpu.device.newStream();
        XQueue other = XQueue.on(otherStream.openQueue()).open();
        HipEvent event = gpu.device.newEvent()) {
      queue.submit(gpu.launch("await_word", go.buffer()));
      queue.submit(HipCommand.record(event));
      other.submit(HipCommand.awaitEvent(event));
      other.submit(HipCommand.host(() -> count.set(1)));

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
    try (XQueue onDefault = XQueue.on(gpu.device.defaultStream().openQueue()).open()) {
      onDefault.submit(gpu.launch("add_one", count.buffer()));
      onDefault.awaitAll();
    }
    assertThat(count.value()).isEqualTo(1);
  }

  @Test
  void aStreamOfSomebodyElsesHasTheDeviceThatItWasMadeOn() throws InterruptedException {
    List<HipDevice> all = HipDevice.all();
    HipDevice last = all.getLast();
    try (HipStream made = last.newStream();
        HipModule module = TestGpu.load(last);
        XQueue onForeign = XQueue.on(HipStream.ofHandle(made.handle()).openQueue()).open()) {
      var count = gpu.word();
      onForeign.submit(module.kernel("add_one").bind(count.buffer()).launch(LaunchShape.of(1, 1)));
      onForeign.awaitAll();
      assertThat(count.value()).isEqualTo(1);
    }
  }

  /** What failed in the first report: a queue made in a thread that had no context. */
  @Test
  void aQueueIsMadeInAThreadThatHasChosenNoDevice() throws InterruptedException {
    var count = gpu.word();
    HipCommand addOne = gpu.launch("add_one", count.buffer());
    var opened = new CompletableFuture<XQueue>();
    Thread.ofPlatform()
        .start(
            () -> {
              XQueue made = XQueue.on(HipStream.ofHandle(stream.handle()).openQueue()).open();
              made.submit(addOne);
              opened.complete(made);
            })
        .join();
    try (XQueue made = opened.join()) {
      made.awaitAll();
    }
    assertThat(count.value()).isEqualTo(1);
  }

  @Test
  void aDefaultStreamIsOfTheCurrentDeviceAndOfTheFirstWhereNoneIsChosen() throws Exception {
    HipDevice last = HipDevice.all().getLast();
    var found = new CompletableFuture<List<HipDevice>>();
    Thread.ofPlatform()
        .start(
            () -> {
              HipDevice first = HipStream.ofHandle(0).device();
              Hip.setDevice(last.ordinal());
              found.complete(List.of(first, HipStream.ofHandle(0).device()));
            })
        .join();
    assertThat(found.join()).containsExactly(HipDevice.get(0), last);
  }

  @Test
  void theDeviceOfTheLaunchingThreadIsItsOwnAfterwards() throws Exception {
    HipDevice other = HipDevice.all().getLast();
    other.run(
        () -> {
          queue.submit(gpu.launch("empty"));
          assertThat(Hip.currentDevice()).isEqualTo(other.ordinal());
        });
    queue.awaitAll();
    assertThat(Hip.currentDevice()).as("none was chosen").isZero();
  }
}
