package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.SlotStatus;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a queue counts as idle: as soon as its work is known to be complete, or a linger later. */
@Tag("sanitized")
@ExtendWith(Labs.class)
class IdleTest {
  /** Where nobody is above either, markers tell progress, at times. */
  private static final int ENOUGH_FOR_A_MARKER = 80;

  /** Whom a high queue holds; without anybody, idle has no hurry. */
  private static void haveSomebodyBelow(Lab lab) {
    lab.puppet(-10).act("a device 0", "a launch default empty 1", "a sync default");
  }

  private static Puppet high(Lab lab, Object linger, String... options) {
    haveSomebodyBelow(lab);
    Lab.Starter starter = lab.program("puppet", options).with("OVERTAKE_PRIORITY", 10);
    if (!linger.equals("adaptive")) {
      starter.with("OVERTAKE_LINGER_US", linger);
    }
    return starter.startPuppet().act("a device 0", "a stream s nonblocking 0");
  }

  private static void poll(Puppet puppet, String line) {
    int result;
    do {
      result = puppet.ask(line);
    } while (result == Puppet.NOT_READY);
    assertThat(result).isZero();
  }

  static Stream<Arguments> completions() {
    return Stream.of("--stream=default", "--stream=ptds", "--bind=hip-dlsym")
        .flatMap(
            option ->
                Stream.of(
                        "a sync s",
                        "a sync-context",
                        "a query s",
                        "a sync-event e",
                        "a query-event e")
                    .map(completion -> Arguments.of(option, completion)));
  }

  /**
   * The watcher would see it too: so it waits for its answers, unless the program asks likewise.
   */
  @ParameterizedTest
  @MethodSource("completions")
  void completionThatTheProgramSeesIsSeenAtOnce(String option, String completion, Lab lab) {
    if (!completion.equals("a query s")) {
      lab.with("SIMCUDA_SLOW", "cuStreamQuery:300000");
    }
    Puppet high = high(lab, 0, option);
    for (int i = 0; i < 5; i++) {
      high.act("a launch s busy_300us 4", "a record e s");
      poll(high, completion);
      assertThat(lab.queue(high.pid()).ready()).isFalse();
      assertThat(lab.queue(high.pid()).completed()).isEqualTo(4L * (i + 1));
    }
  }

  @Test
  void copyToTheHostIsCompleteWhenItReturns(Lab lab) {
    Puppet high = high(lab, 0);
    for (int i = 0; i < 5; i++) {
      high.act("a launch default busy_300us 4", "a memcpy");
      assertThat(lab.queue(high.pid()).ready()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void completionThatNobodyAsksForIsFound(int withoutMemOps, Lab lab) {
    lab.with("SIMCUDA_NO_MEMOPS", withoutMemOps);
    Puppet high = high(lab, 0);
    high.act("a launch s empty " + ENOUGH_FOR_A_MARKER);
    for (int i = 1; i <= 5; i++) {
      int launched = ENOUGH_FOR_A_MARKER + 4 * i;
      high.act("a launch s busy_300us 4");
      lab.awaitQueue(high.pid(), "idle", q -> !q.ready() && q.completed() == launched && !q.held());
    }
    assertThat(high.program().threads("overtake")).hasSize(1);
  }

  /** Else it would be taken for one that waits for those below it. */
  @Test
  void longWorkShowsProgress(Lab lab) {
    Puppet high = high(lab, 0).act("a launch s busy_2000us 10000");
    lab.awaitQueue(
        high.pid(),
        "64 commands behind one of 64",
        q -> q.completed() > 0 && q.completed() < 10_000 && q.completed() % 128 == 0);
  }

  @Test
  void progressThatSynchronizationsShowNeedsNoMarkers(Lab lab) {
    Puppet high = high(lab, 0);
    for (int i = 0; i < 10; i++) {
      high.act("a launch s empty 40", "a sync s");
    }
    assertThat(lab.trace().writes(high.pid())).isZero();
    assertThat(lab.queue(high.pid()).level()).as("a launch waits at the gate, if any").isEqualTo(1);
  }

  /** Launches so slow that each marker is reached long before the next. */
  @Test
  void markersThatAreReachedInTimeAreFurtherApart(Lab lab) {
    haveSomebodyBelow(lab);
    lab.with("SIMCUDA_SLOW", "cuLaunchKernel:1000");
    Puppet high = lab.puppet(10).act("a device 0");
    Waiting.until(
        "fewer than one marker every 64 commands, unless the device is kept from reaching them",
        () -> {
          long before = lab.trace().writes(high.pid());
          high.act("a launch default empty 720", "a sync default");
          long markers = lab.trace().writes(high.pid()) - before;
          return markers > 0 && markers < 10;
        });
  }

  @Test
  void perThreadStreamThatNobodyAsksAboutIsFoundIdle(Lab lab) {
    Puppet high = high(lab, 0);
    high.act("a launch perthread busy_30000us 4");
    lab.awaitQueue(high.pid(), "idle", q -> !q.ready() && q.completed() == 4);
    assertThat(lab.trace().kernels(high.pid())).as("what has really run").hasSize(4);
  }

  @Test
  void workInAnotherStreamKeepsItReady(Lab lab) {
    Puppet high = high(lab, 0);
    high.act(
        "a block s", "b device 0", "b stream t nonblocking 0", "b launch t empty 1", "b sync t");
    assertThat(lab.queue(high.pid()).ready()).isTrue();
    assertThat(lab.device(0).floor()).isEqualTo(10);
    high.act("b unblock", "a sync s");
    assertThat(lab.queue(high.pid()).ready()).isFalse();
  }

  /** Idle, and for how long it was busy is told, which comes last. */
  private static SlotStatus awaitCharged(Lab lab, Puppet puppet) {
    return lab.awaitQueue(puppet.pid(), "idle", q -> !q.ready() && q.busyNanos() > 0);
  }

  @Test
  void fixedLingerIsKept(Lab lab) {
    Puppet high = high(lab, 500_000);
    high.act("a launch s busy_1000us 1", "a sync s");
    assertThat(awaitCharged(lab, high).busyNanos()).isGreaterThanOrEqualTo(501_000_000);
  }

  @Test
  void adaptiveLingerEndsWhereGapsAreLong(Lab lab) {
    Puppet high = high(lab, "adaptive");
    high.act("a launch s busy_1000us 1", "a sync s");
    assertThat(awaitCharged(lab, high).busyNanos()).isGreaterThanOrEqualTo(1_200_000);
    // Each gap is longer than a linger, as it was awaited that this one had ended.
    for (int i = 0; i < 8; i++) {
      high.act("a launch s busy_1000us 1", "a sync s");
      lab.awaitQueue(high.pid(), "idle", q -> !q.ready());
    }
    high.act("a launch s busy_1000us 1", "a sync s");
    assertThat(lab.queue(high.pid()).ready()).isFalse();
  }
}
