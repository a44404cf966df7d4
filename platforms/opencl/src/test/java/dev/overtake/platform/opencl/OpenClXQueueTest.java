package dev.overtake.platform.opencl;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.overtake.core.policy.HighestPriorityFirst;
import dev.overtake.core.policy.Hints;
import dev.overtake.core.scheduler.LocalScheduler;
import dev.overtake.core.xqueue.Command;
import dev.overtake.core.xqueue.HwQueue;
import dev.overtake.core.xqueue.LaunchConfig;
import dev.overtake.core.xqueue.PreemptionLevel;
import dev.overtake.core.xqueue.SuspendFlag;
import dev.overtake.core.xqueue.XQueue;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** XQueues on command queues in order and out of order, at levels 1 and 2. */
@Timeout(60)
class OpenClXQueueTest {
  private static final int COUNT = 200;

  private final TestDevice device = new TestDevice();

  static Stream<Arguments> kinds() {
    return Stream.of(true, false)
        .flatMap(
            inOrder ->
                Stream.of(PreemptionLevel.L1, PreemptionLevel.L2)
                    .map(level -> arguments(inOrder, level)));
  }

  @AfterEach
  void close() {
    device.close();
  }

  private OpenClQueue queue(boolean inOrder) {
    return inOrder ? device.context.newQueue() : device.context.newOutOfOrderQueue();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void commandsRunInTheirOrder(boolean inOrder, PreemptionLevel level) throws Exception {
    try (OpenClQueue queue = queue(inOrder);
        XQueue xqueue = XQueue.on(queue.openQueue(level)).level(level).open();
        OpenClBuffer number = device.number()) {
      for (int n = 0; n < COUNT; n++) {
        xqueue.submit(device.append(number, n));
      }
      xqueue.awaitAll();
      assertThat(device.read(number)).isEqualTo(TestDevice.appended(COUNT));
      assertThat(xqueue.counts().completed()).isEqualTo(COUNT);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void suspendingAndResumingLosesNothing(boolean inOrder, PreemptionLevel level) throws Exception {
    try (OpenClQueue queue = queue(inOrder);
        XQueue xqueue = XQueue.on(queue.openQueue(level)).level(level).open();
        OpenClBuffer number = device.number()) {
      for (int n = 0; n < COUNT; n++) {
        xqueue.submit(device.append(number, n));
        if (n % 10 == 5) {
          xqueue.suspend(SuspendFlag.SYNCHRONIZE);
          int stopped = device.read(number);
          assertThat(device.read(number)).isEqualTo(stopped);
        }
        if (n % 10 == 9) {
          xqueue.resume();
        }
      }
      xqueue.awaitAll();
      assertThat(device.read(number)).isEqualTo(TestDevice.appended(COUNT));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aQueueThatIsClosedWhileSuspendedEnds(boolean inOrder, PreemptionLevel level)
      throws Exception {
    try (OpenClQueue queue = queue(inOrder);
        OpenClBuffer number = device.number()) {
      XQueue xqueue = XQueue.on(queue.openQueue(level)).level(level).open();
      for (int n = 0; n < COUNT; n++) {
        xqueue.submit(device.append(number, n));
      }
      xqueue.suspend();
      xqueue.close();
      assertThat(xqueue.counts().completed() + xqueue.counts().dropped()).isEqualTo(COUNT);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void whoIsMoreUrgentOvertakes(boolean inOrder, PreemptionLevel level) throws Exception {
    try (var scheduler = new LocalScheduler(new HighestPriorityFirst());
        OpenClQueue lowQueue = queue(inOrder);
        OpenClQueue highQueue = queue(inOrder);
        XQueue low =
            XQueue.on(lowQueue.openQueue(level))
                .level(level)
                .launchConfig(new LaunchConfig(2, 1))
                .scheduler(scheduler)
                .open();
        XQueue high =
            XQueue.on(highQueue.openQueue(level))
                .level(level)
                .scheduler(scheduler)
                .hints(Hints.priority(10))
                .open();
        OpenClBuffer lowNumber = device.number();
        OpenClBuffer highNumber = device.number()) {
      long lowEnd = OpenCl.createUserEvent(device.context.retained());
      long highEnd = OpenCl.createUserEvent(device.context.retained());
      OpenClCommand running = low.submit(runningUntil(lowEnd, device.append(lowNumber, 0)));
      for (int n = 1; n < 5; n++) {
        low.submit(device.append(lowNumber, n));
      }
      OpenClCommand urgent = high.submit(runningUntil(highEnd, device.append(highNumber, 1)));
      OpenCl.completeUserEvent(lowEnd);
      low.await(running);
      assertThat(low.counts().launched()).as("none while the other runs").isEqualTo(2);

      OpenCl.completeUserEvent(highEnd);
      high.await(urgent);
      low.awaitAll();
      assertThat(device.read(lowNumber)).isEqualTo(TestDevice.appended(5));
      OpenCl.release(OpenCl.Kind.EVENT, lowEnd);
      OpenCl.release(OpenCl.Kind.EVENT, highEnd);
    }
  }

  @Test
  void queuesOfLevelOneShareACommandQueue() throws Exception {
    try (OpenClQueue queue = queue(true);
        XQueue first = XQueue.on(queue.openQueue()).open();
        XQueue second = XQueue.on(queue.openQueue()).open();
        OpenClBuffer one = device.number();
        OpenClBuffer two = device.number()) {
      for (int n = 0; n < COUNT; n++) {
        first.submit(device.append(one, n));
        second.submit(device.append(two, n));
      }
      first.awaitAll();
      second.awaitAll();
      assertThat(List.of(device.read(one), device.read(two)))
          .containsOnly(TestDevice.appended(COUNT));
    }
  }

  @Test
  void levelTwoNeedsCommandsThatNobodyElseWaitsBehind() {
    try (OpenClQueue inOrder = queue(true);
        OpenClQueue outOfOrder = queue(false)) {
      OpenClHwQueue alone = inOrder.openQueue(PreemptionLevel.L2);
      assertThatThrownBy(inOrder::openQueue)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("for itself");
      alone.close();
      inOrder.openQueue().close();
      try (OpenClHwQueue _ = outOfOrder.openQueue(PreemptionLevel.L2);
          OpenClHwQueue _ = outOfOrder.openQueue(PreemptionLevel.L2)) {
        assertThat(alone.maxLevel()).isEqualTo(PreemptionLevel.L2);
      }
      assertThatThrownBy(() -> inOrder.openQueue(PreemptionLevel.L3))
          .isInstanceOf(UnsupportedOperationException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void whatWasLaunchedStandsStillAtLevelTwo(boolean inOrder, PreemptionLevel level)
      throws Exception {
    if (level == PreemptionLevel.L1) {
      return;
    }
    var completed = new LinkedBlockingQueue<Long>();
    try (OpenClQueue queue = queue(inOrder);
        OpenClHwQueue hwQueue = queue.openQueue(level);
        OpenClBuffer number = device.number()) {
      hwQueue.attach(new Markers(completed::add));
      hwQueue.deactivate();
      for (int n = 0; n < 5; n++) {
        hwQueue.launch(device.append(number, n));
      }
      hwQueue.marker(5);
      hwQueue.synchronize();
      assertThat(device.read(number)).isZero();
      assertThat(completed).isEmpty();
      hwQueue.reactivate();
      assertThat(completed.take()).isEqualTo(5);
      assertThat(device.read(number)).isEqualTo(TestDevice.appended(5));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatRunsAndTheNextRunOnWhereTheRestStandsStill(boolean inOrder) throws Exception {
    var completed = new LinkedBlockingQueue<Long>();
    try (OpenClQueue queue = queue(inOrder);
        OpenClHwQueue hwQueue = queue.openQueue(PreemptionLevel.L2);
        OpenClBuffer number = device.number();
        OpenClBuffer other = device.number()) {
      hwQueue.attach(new Markers(completed::add));
      long end = OpenCl.createUserEvent(device.context.retained());
      hwQueue.launch(runningUntil(end, device.append(other, 0)));
      for (int n = 0; n < 5; n++) {
        hwQueue.launch(device.append(number, n));
      }
      hwQueue.marker(6);
      hwQueue.deactivate();
      OpenCl.completeUserEvent(end);
      hwQueue.synchronize();
      assertThat(device.read(number)).isEqualTo(TestDevice.appended(1));
      assertThat(completed).isEmpty();
      hwQueue.reactivate();
      assertThat(completed.take()).isEqualTo(6);
      assertThat(device.read(number)).isEqualTo(TestDevice.appended(5));
      OpenCl.release(OpenCl.Kind.EVENT, end);
    }
  }

  /** A command that is the first in its queue, and takes until the user event has ended. */
  private static OpenClCommand runningUntil(long event, OpenClCommand command) {
    return new OpenClCommand(List.of()) {
      @Override
      long enqueue(long queue, int waits, long waitList) {
        assertThat(waits).isZero();
        try (Arena arena = Arena.ofConfined()) {
          return command.enqueue(queue, 1, arena.allocateFrom(JAVA_LONG, event).address());
        }
      }
    };
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void whoIsToldCannotWaitForWhatItHoldsUp(boolean inOrder, PreemptionLevel level)
      throws Exception {
    var thrown = new LinkedBlockingQueue<Throwable>();
    try (OpenClQueue queue = queue(inOrder);
        OpenClHwQueue hwQueue = queue.openQueue(level);
        OpenClBuffer number = device.number()) {
      hwQueue.attach(new Markers(_ -> thrown.add(catchThrowable(hwQueue::synchronize))));
      hwQueue.launch(device.append(number, 1));
      hwQueue.marker(1);
      assertThat(thrown.take())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("cannot wait for a queue");
      hwQueue.synchronize();
    }
  }

  private record Markers(LongConsumer completed) implements HwQueue.Listener {
    @Override
    public void completed(long marker) {
      completed.accept(marker);
    }

    @Override
    public void failed(Command command, Throwable cause) {
      throw new AssertionError(cause);
    }

    @Override
    public void lost(Throwable cause) {
      throw new AssertionError(cause);
    }
  }
}
