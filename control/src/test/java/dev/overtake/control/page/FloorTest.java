package dev.overtake.control.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FloorTest {
  private Path folder;
  private ControlPage page;

  @BeforeEach
  @BeforeProperty
  void open() throws IOException {
    folder = Files.createTempDirectory("overtake-floor");
    page = ControlPage.openOrCreate(folder.resolve("page"));
  }

  @AfterEach
  @AfterProperty
  void close() throws IOException {
    page.close();
    Files.delete(folder.resolve("page"));
    Files.delete(folder);
  }

  /** What somebody does to one of a few queues on two devices. */
  sealed interface Step {
    record Claim(int device, int priority) implements Step {}

    record Release(int queue) implements Step {}

    record Ready(int queue) implements Step {}

    record Idle(int queue) implements Step {}

    record Hint(int queue, int priority) implements Step {}

    record Suspend(int queue) implements Step {}

    record Resume(int queue) implements Step {}

    record Stick(int queue) implements Step {}

    record Choose(PolicyMode mode) implements Step {}
  }

  /** The same queue, in a model that knows nothing of words. */
  private static final class Model {
    final int slot;
    final int device;
    int priority;
    boolean ready;
    boolean suspended;
    boolean stuck;

    Model(int slot, int device, int priority) {
      this.slot = slot;
      this.device = device;
      this.priority = priority;
    }
  }

  @Property
  void floorAndSpanAreWhatANaiveModelSays(@ForAll("steps") List<Step> steps) throws IOException {
    new Controls(page).policy(PolicyMode.HPF, "HPF");
    page.slots().status().forEach(left -> new Claims(page).release(left.slot()));
    List<Integer> devices =
        List.of(Pages.device(page, "0000:01:00.0"), Pages.device(page, "0000:02:00.0"));
    var queues = new ArrayList<Model>();
    PolicyMode mode = PolicyMode.HPF;

    for (Step step : steps) {
      if (step instanceof Step.Choose choose) {
        mode = choose.mode();
      }
      apply(step, queues);
      for (int device : devices) {
        assertAgrees(queues, device, mode);
      }
    }
  }

  private void apply(Step step, List<Model> queues) throws PageException {
    var claims = new Claims(page);
    var controls = new Controls(page);
    switch (step) {
      case Step.Claim claim -> {
        int slot = Pages.queue(page, claim.device(), claim.priority());
        queues.add(new Model(slot, claim.device(), claim.priority()));
      }
      case Step.Choose choose -> controls.policy(choose.mode(), "TEST");
      case Step.Release release when release.queue() < queues.size() ->
          claims.release(queues.remove(release.queue()).slot);
      case Step.Ready ready when ready.queue() < queues.size() -> {
        queues.get(ready.queue()).ready = true;
        claims.ready(queues.get(ready.queue()).slot, 1);
      }
      case Step.Idle idle when idle.queue() < queues.size() -> {
        queues.get(idle.queue()).ready = false;
        claims.idle(queues.get(idle.queue()).slot, 2);
      }
      case Step.Hint hint when hint.queue() < queues.size() -> {
        queues.get(hint.queue()).priority = hint.priority();
        controls.hint(queues.get(hint.queue()).slot, QueueHints.priority(hint.priority()));
      }
      case Step.Suspend suspend when suspend.queue() < queues.size() -> {
        queues.get(suspend.queue()).suspended = true;
        controls.suspend(queues.get(suspend.queue()).slot);
      }
      case Step.Resume resume when resume.queue() < queues.size() -> {
        queues.get(resume.queue()).suspended = false;
        controls.resume(queues.get(resume.queue()).slot);
      }
      case Step.Stick stick when stick.queue() < queues.size() -> {
        queues.get(stick.queue()).stuck = true;
        page.slots().escapeMark(queues.get(stick.queue()).slot, 1); // Nothing submitted yet.
        page.floor().recomputeAll();
      }
      default -> {} // Of a queue that is not there.
    }
  }

  private void assertAgrees(List<Model> queues, int device, PolicyMode mode) {
    List<Model> here = queues.stream().filter(queue -> queue.device == device).toList();
    Stream<Model> holding =
        here.stream().filter(queue -> queue.ready && !queue.suspended && !queue.stuck);
    int floor =
        mode == PolicyMode.HPF
            ? holding.mapToInt(queue -> queue.priority).max().orElse(PageLayout.MIN_PRIORITY)
            : PageLayout.MIN_PRIORITY;
    DeviceStatus status = page.devices().status().get(device);
    assertThat(status.floor()).isEqualTo(floor);
    assertThat(status.escaping())
        .isEqualTo(
            mode == PolicyMode.HPF
                ? here.stream().filter(q -> q.ready && !q.suspended && q.stuck).count()
                : 0);
    assertThat(status.top()).isEqualTo(here.stream().mapToInt(q -> q.priority).max().orElse(0));
    assertThat(status.bottom()).isEqualTo(here.stream().mapToInt(q -> q.priority).min().orElse(0));
    assertThat(page.floor().agrees(device)).isTrue();
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    var queue = Arbitraries.integers().between(0, 4);
    var priority = Arbitraries.integers().between(-255, 255);
    return Arbitraries.<Step>frequencyOf(
            Tuple.of(
                4,
                Combinators.combine(Arbitraries.integers().between(0, 1), priority)
                    .as(Step.Claim::new)),
            Tuple.of(1, queue.map(Step.Release::new)),
            Tuple.of(6, queue.map(Step.Ready::new)),
            Tuple.of(3, queue.map(Step.Idle::new)),
            Tuple.of(2, Combinators.combine(queue, priority).as(Step.Hint::new)),
            Tuple.of(1, queue.map(Step.Suspend::new)),
            Tuple.of(1, queue.map(Step.Resume::new)),
            Tuple.of(1, queue.map(Step.Stick::new)),
            Tuple.of(1, Arbitraries.of(PolicyMode.values()).map(Step.Choose::new)))
        .list()
        .ofMinSize(1)
        .ofMaxSize(30);
  }

  @Test
  void theWordIsWhatAGpuComparesWith() throws IOException {
    int device = Pages.device(page);
    assertThat((int) page.devices().floorWord(device)).isZero();
    new Claims(page).ready(Pages.queue(page, device, 10), 1);
    assertThat((int) page.devices().floorWord(device)).isEqualTo(-265);
  }

  @Test
  void theVersionRisesThoughTheFloorStays() throws IOException {
    int device = Pages.device(page);
    long before = page.devices().floorWord(device) >>> 32;
    page.floor().recompute(device);
    assertThat(page.devices().floorWord(device) >>> 32).isEqualTo(before + 1);
  }

  @Test
  void aStuckQueueCountsAgainOnceACommandOfItCompletes() throws IOException {
    int device = Pages.device(page);
    int slot = Pages.queue(page, device, 10);
    new Claims(page).ready(slot, 1);
    page.slots().escapeMark(slot, 99); // Of a moment with other counts.
    page.floor().recompute(device);
    assertThat(page.devices().floor(device)).isEqualTo(10);
  }

  @Test
  void manyThreadsAndProcessesLeaveTheFloorThatTheirSlotsGive() throws Exception {
    int device = Pages.device(page);
    var processes = new ArrayList<Process>();
    for (int seed = 0; seed < 3; seed++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-Xmx64m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Churn.class.getName(),
                  page.file().toString(),
                  Integer.toString(seed))
              .inheritIO()
              .start());
    }
    for (Process process : processes) {
      assertThat(process.waitFor()).isZero();
    }

    List<SlotStatus> queues = page.slots().status();
    assertThat(queues).hasSize(3 * Churn.THREADS);
    assertThat(queues).anyMatch(SlotStatus::ready);
    assertThat(page.devices().floor(device))
        .isEqualTo(
            queues.stream()
                .filter(SlotStatus::ready)
                .mapToInt(SlotStatus::priority)
                .max()
                .orElse(-255));
    assertThat(page.floor().agrees(device)).isTrue();
  }

  /** A process whose threads make their queues ready and idle as fast as they can. */
  static final class Churn {
    static final int THREADS = 4;

    public static void main(String[] args) throws Exception {
      try (var page = ControlPage.openOrCreate(Path.of(args[0]))) {
        int seed = Integer.parseInt(args[1]);
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < THREADS; i++) {
          int slot = Pages.queue(page, 0, 10 * seed + i);
          var random = new Random(10 * seed + i);
          threads.add(Thread.ofPlatform().start(() -> churn(page, slot, random)));
        }
        for (Thread thread : threads) {
          thread.join();
        }
      }
    }

    private static void churn(ControlPage page, int slot, Random random) {
      var claims = new Claims(page);
      for (int i = 0; i < 20_000; i++) {
        claims.ready(slot, i);
        claims.idle(slot, i);
      }
      if (random.nextBoolean()) {
        claims.ready(slot, 0);
      }
    }
  }
}
