package dev.overtake.control.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.Claims;
import dev.overtake.control.page.ControlPage;
import dev.overtake.control.page.Controls;
import dev.overtake.control.page.Pages;
import dev.overtake.control.page.PolicyHints;
import dev.overtake.control.page.PolicyMode;
import dev.overtake.control.page.QueueHints;
import dev.overtake.control.page.SlotStatus;
import dev.overtake.core.policy.LatencyTarget;
import dev.overtake.core.policy.Laxity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All installed policies, one after another, over queues that come, go, become ready and idle, on a
 * clock of the test's: none fails, none holds everybody for ever, none leaves anybody held.
 */
class PolicySwitchingTest {
  private static final long MILLI = 1_000_000;

  /** Longer than any policy may let everything stand still. */
  private static final long PATIENCE_NANOS = 10_000 * MILLI;

  @TempDir Path folder;
  private final List<String> warnings = new ArrayList<>();
  private final PolicyCatalog catalog = PolicyCatalog.installed(List.of(), warnings::add);
  private final Random random = new Random(1);
  private ControlPage page;
  private Claims claims;
  private Controls controls;
  private PolicyAgent agent;
  private List<Integer> devices;
  private long now = 1_000_000 * MILLI;

  @BeforeEach
  void open() throws IOException {
    page = ControlPage.openOrCreate(folder.resolve("page"));
    claims = new Claims(page);
    controls = new Controls(page);
    agent = new PolicyAgent(page, catalog, warnings::add);
    devices = List.of(Pages.device(page, "0000:3b:00.0"), Pages.device(page, "0000:5e:00.0"));
    for (int i = 0; i < 6; i++) {
      addQueue();
    }
  }

  @AfterEach
  void close() {
    page.close();
  }

  @Test
  void fromEachToEachWhileQueuesRun() throws IOException {
    for (String from : catalog.names()) {
      for (String to : catalog.names()) {
        choose(from);
        run(10);
        choose(to);
        run(10);
      }
    }
    choose("NONE");
    assertThat(page.slots().status()).noneMatch(SlotStatus::gateClosed);
    assertThat(warnings).isEmpty();
  }

  private void choose(String name) {
    PolicyMode mode = catalog.mode(name).orElseThrow();
    controls.policy(mode, name);
    agent.doWork(now);
    if (mode != PolicyMode.DAEMON) {
      assertThat(page.slots().status()).as(name).noneMatch(SlotStatus::gateClosed);
    }
  }

  private void run(int steps) throws IOException {
    for (int i = 0; i < steps; i++) {
      happen();
      now += random.nextLong(5 * MILLI);
      agent.doWork(now);
      assertThat(agent.dueNanos()).isGreaterThan(now);
      awaitProgress();
    }
  }

  /** Something that queues and people do. */
  private void happen() throws IOException {
    List<SlotStatus> queues = page.slots().status();
    SlotStatus queue = queues.get(random.nextInt(queues.size()));
    switch (random.nextInt(8)) {
      case 0 -> controls.hint(queue.slot(), QueueHints.of(hints()));
      case 1 -> {
        claims.release(queue.slot());
        addQueue();
      }
      default -> {
        if (queue.ready()) {
          claims.idle(queue.slot(), now);
        } else {
          claims.ready(queue.slot(), now);
        }
      }
    }
  }

  private void addQueue() throws IOException {
    int device = devices.get(random.nextInt(devices.size()));
    int slot = Pages.queue(page, device, random.nextInt(-5, 6));
    controls.hint(slot, QueueHints.of(hints()));
  }

  private PolicyHints hints() {
    int lax = random.nextInt(-5, 6);
    boolean any = random.nextBoolean();
    return PolicyHints.NOTHING
        .priority(random.nextInt(-5, 6))
        .utilizationPercent(random.nextInt(101))
        .timesliceNanos(any ? random.nextLong(1, 10 * MILLI) : 0)
        .deadlineNanos(any ? random.nextLong(1, 100 * MILLI) : 0)
        .laxity(any ? new Laxity(random.nextLong(1, 20 * MILLI), lax, lax + 3) : null)
        .windowActive(random.nextBoolean())
        .latencyTarget(any ? new LatencyTarget(random.nextLong(1, 20 * MILLI), 99) : null);
  }

  /** Where something is ready, something ready may run: now, or soon. */
  private void awaitProgress() {
    for (long until = now + PATIENCE_NANOS; standsStill(); ) {
      assertThat(now).as("%s holds everybody", page.daemon().policyName()).isLessThan(until);
      now = agent.dueNanos();
      agent.doWork(now);
    }
  }

  /** Everything there is: some policies hold a device for the sake of another. */
  private boolean standsStill() {
    List<SlotStatus> ready = page.slots().status().stream().filter(SlotStatus::ready).toList();
    return !ready.isEmpty() && ready.stream().allMatch(SlotStatus::gateClosed);
  }
}
