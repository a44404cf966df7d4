package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.SlotStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Highest priority first between processes: while a request is unfinished, no more low commands
 * begin than the launch config lets stand behind the gate.
 */
@ExtendWith(Labs.class)
class PriorityOrderTest {
  private static final int REQUESTS = 4;
  private static final int KERNELS = 8;
  private static final int MIDDLE_KERNELS = 30;
  private static final int WORDS = 512;
  private static final int ENDLESS = 100_000;
  private static final Duration LINGER = Duration.ofMillis(100);
  private static final String[] REQUEST = {
    "a launch default busy_2000us " + KERNELS, "a sync default"
  };

  /**
   * A puppet that has used the device once: its queue is on the page. It lingers for longer than
   * the machine takes as a rule to go on with it, so that its requests have no gaps.
   */
  private static Puppet server(Lab lab, int priority) {
    return lab.program("puppet")
        .with("OVERTAKE_PRIORITY", priority)
        .with("OVERTAKE_LINGER_US", LINGER.toNanos() / 1000)
        .startPuppet()
        .act("a device 0", "a launch default empty 1", "a sync default");
  }

  private static Running batch(Lab lab, int priority, String... options) {
    var all = new ArrayList<>(List.of(options));
    all.add("--sync=0");
    return lab.program("loop", all.toArray(String[]::new))
        .with("OVERTAKE_PRIORITY", priority)
        .start();
  }

  /** The pieces of the requests that it had no reason to let others into. */
  private static List<Trace.Work> unbroken(Lab lab, Puppet server, int size) {
    List<Trace.Work> served =
        lab.trace().kernels(server.pid()).stream().filter(w -> !w.name().equals("empty")).toList();
    return Trace.unbroken(served, size, LINGER.dividedBy(2));
  }

  /** Serves requests, each once the batch work is at its pace and on the device again. */
  private static List<Integer> serve(
      Lab lab, Puppet high, Running low, Predicate<SlotStatus> pace) {
    lab.awaitQueue(low.pid(), "is at its pace", q -> pace.test(q) && q.completed() > 8);
    high.act("a kernel busy_2000us");
    for (int i = 0; i < REQUESTS; i++) {
      long before = lab.queue(low.pid()).submitted();
      lab.awaitQueue(low.pid(), "goes on", q -> pace.test(q) && q.submitted() > before + 2);
      high.act(REQUEST);
    }
    assertThat(lab.trace().named("busy_2000us")).hasSize(REQUESTS * KERNELS);
    Waiting.until(
        "a request without a pause",
        () -> {
          boolean found = !unbroken(lab, high, KERNELS).isEmpty();
          if (!found) {
            high.act(REQUEST);
          }
          return found;
        });
    List<Trace.Work> served = unbroken(lab, high, KERNELS);
    return Trace.intrusions(served, KERNELS, lab.trace().kernels(low.pid()));
  }

  @ParameterizedTest
  @CsvSource({"1, 2, 1", "1, 4, 2", "2, 16, 1", "2, 16, 4"})
  void fixedConfigBoundsWhatIntrudes(int level, int threshold, int batch, Lab lab) {
    lab.with("OVERTAKE_LEVEL", level)
        .with("OVERTAKE_THRESHOLD", threshold)
        .with("OVERTAKE_BATCH", batch);
    Puppet high = server(lab, 10);
    Running low = batch(lab, 0, "--kernel=busy_1000us");
    List<Integer> intrusions =
        serve(lab, high, low, q -> q.threshold() == threshold && q.level() == level);
    assertThat(intrusions).allMatch(count -> count <= (level == 1 ? threshold : batch));
    assertThat(low.warnings()).isEmpty();
  }

  /** Kernels of 10 ms are longer than what may be in flight: one behind another, or one alone. */
  @ParameterizedTest
  @CsvSource({"1, 2", "2, 1"})
  void configByTimeBoundsWhatIntrudes(int level, int most, Lab lab) {
    lab.with("OVERTAKE_LEVEL", level);
    Puppet high = server(lab, 10);
    Running low = batch(lab, 0, "--kernel=busy_10000us");
    List<Integer> intrusions =
        serve(lab, high, low, q -> (level == 1 ? q.threshold() : q.batch()) == most);
    assertThat(intrusions).allMatch(count -> count <= most);
  }

  /**
   * A context has a word for as many lanes; those that come later show by events how far they are.
   */
  @Test
  void laneThatFindsNoWordIsBoundedAsWell(Lab lab) {
    lab.with("OVERTAKE_LEVEL", 2);
    Puppet high = server(lab, 10).act("a kernel busy_2000us");
    Puppet low = lab.puppet(0).act("a device 0", "a stream last nonblocking 0");
    // The second launch places a marker behind the first: now the lane has its word.
    for (int i = 0; i < WORDS; i++) {
      low.act("a stream s" + i + " nonblocking 0", "a launch s" + i + " busy_1500us 2");
    }
    low.act("a sync-context");
    CompletableFuture<Integer> launched = low.tell("a launch last busy_10000us " + ENDLESS);
    // How long they take is known, and what was launched before it was has run.
    Waiting.until("it is at its pace", () -> lab.trace().named("busy_10000us").size() > 16);
    Waiting.until(
        "a request without a pause",
        () -> {
          high.act(REQUEST);
          return !unbroken(lab, high, KERNELS).isEmpty();
        });
    Trace trace = lab.trace();
    List<Trace.Work> intruders = trace.named("busy_10000us");
    assertThat(Trace.intrusions(unbroken(lab, high, KERNELS), KERNELS, intruders))
        .allMatch(count -> count <= KERNELS / 2);
    assertThat(launched).isNotDone();
    long last = intruders.getFirst().stream();
    assertThat(
            trace.work().stream()
                .filter(work -> work.pid() == low.pid() && work.stream() == last)
                .map(Trace.Work::name))
        .contains("record")
        .doesNotContain("write_value");
  }

  @Test
  void threeProcessesKeepTheirOrder(Lab lab) {
    lab.with("OVERTAKE_LEVEL", 1).with("OVERTAKE_THRESHOLD", 2).with("OVERTAKE_BATCH", 1);
    Puppet high = server(lab, 10);
    Puppet middle = server(lab, 5);
    Running low = batch(lab, 0, "--kernel=busy_1000us");
    lab.awaitQueue(low.pid(), "is at its pace", q -> q.completed() > 8);
    high.act("a kernel busy_2000us");
    middle.act("a kernel busy_1000us");
    Waiting.until(
        "requests of both without a pause",
        () -> {
          // Both at once: the high one's whole request comes first, whoever came first.
          var middles = middle.tell("a launch default busy_1000us " + MIDDLE_KERNELS);
          Waiting.until(
              "the middle one comes", () -> middles.isDone() || lab.queue(middle.pid()).ready());
          high.act(REQUEST);
          assertThat(middle.result("launches", middles)).isZero();
          middle.act("a sync default");
          return !unbroken(lab, high, KERNELS).isEmpty()
              && !unbroken(lab, middle, MIDDLE_KERNELS).isEmpty();
        });
    Trace trace = lab.trace();
    List<Trace.Work> served = unbroken(lab, high, KERNELS);
    List<Trace.Work> between = unbroken(lab, middle, MIDDLE_KERNELS);
    assertThat(Trace.intrusions(served, KERNELS, trace.kernels(middle.pid())))
        .allMatch(count -> count <= 2);
    assertThat(Trace.intrusions(served, KERNELS, trace.kernels(low.pid())))
        .allMatch(count -> count <= 2);
    assertThat(Trace.intrusions(between, MIDDLE_KERNELS, trace.kernels(low.pid())))
        .allMatch(count -> count <= 2);
  }

  /**
   * Serves requests until one is intruded upon more than any launch config here would let it be.
   */
  private static void serveUntilOvertaken(Lab lab, Puppet one, Running other) {
    one.act("a kernel busy_2000us");
    Waiting.until(
        "a request that others get in between",
        () -> {
          one.act(REQUEST);
          Trace trace = lab.trace();
          return Trace.intrusions(trace.named("busy_2000us"), KERNELS, trace.kernels(other.pid()))
              .stream()
              .anyMatch(count -> count > KERNELS / 2);
        });
  }

  @Test
  void equalsTakeTurns(Lab lab) {
    Puppet one = server(lab, 3);
    Running other = batch(lab, 3, "--kernel=busy_1000us");
    lab.awaitQueue(other.pid(), "goes on", q -> q.submitted() > 100);
    serveUntilOvertaken(lab, one, other);
    assertThat(lab.queue(other.pid()).heldNanos()).isZero();
  }

  /** What the other tests of this class find is the shim's doing. */
  @Test
  void withoutTheShimPrioritiesMeanNothing(Lab lab) {
    lab.with("OVERTAKE_DISABLE", 1);
    Puppet one = server(lab, 10);
    Running other = batch(lab, 0, "--kernel=busy_1000us");
    serveUntilOvertaken(lab, one, other);
  }

  @Test
  void deviceWithoutMemoryOperationsIsServedByEvents(Lab lab) {
    lab.with("SIMCUDA_NO_MEMOPS", 1)
        .with("OVERTAKE_LEVEL", 2)
        .with("OVERTAKE_THRESHOLD", 4)
        .with("OVERTAKE_BATCH", 2);
    Puppet high = server(lab, 10);
    Running low = batch(lab, 0, "--kernel=busy_1000us");
    List<Integer> intrusions = serve(lab, high, low, q -> q.threshold() == 4 && q.level() == 1);
    assertThat(intrusions).allMatch(count -> count <= 4);
    Waiting.until("it says so", () -> !low.warnings().isEmpty());
    assertThat(low.warnings())
        .singleElement()
        .asString()
        .contains("takes no stream memory operations")
        .contains("level 1");
    assertThat(lab.trace().named("write_value")).isEmpty();
    assertThat(lab.trace().named("wait_value")).isEmpty();
  }
}
