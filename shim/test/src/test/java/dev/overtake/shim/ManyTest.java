package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.Claims;
import dev.overtake.control.page.Owner;
import dev.overtake.control.page.PageException;
import dev.overtake.control.page.PageLayout;
import dev.overtake.control.page.QueueClaim;
import dev.overtake.control.page.Scope;
import dev.overtake.control.page.SlotStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many queues, and many processes. */
@ExtendWith(Labs.class)
class ManyTest {
  private static final int QUEUES = 1000;
  private static final int PROCESSES = 200;
  private static final int AT_ONCE = 8;
  private static final int LIFE_MILLIS = 400;
  private static final int REQUESTS = 1000;
  private static final int THREADS = 500;
  private static final int LANE_KILOBYTES = 8;

  @Test
  void thousandStreamsAreThousandQueues(Lab lab) {
    lab.puppet(10).act("a device 0", "a launch default empty 1", "a sync default");
    Puppet puppet = lab.program("puppet").with("OVERTAKE_SCOPE", "stream").startPuppet();
    puppet.act("a device 0", "a streams s " + QUEUES, "a sync-context");
    assertThat(lab.queues(puppet.pid())).hasSize(QUEUES);
    Waiting.until(
        "all are idle", () -> lab.queues(puppet.pid()).stream().noneMatch(SlotStatus::ready));
    assertThat(lab.queues(puppet.pid())).allMatch(q -> q.submitted() == 1 && q.completed() == 1);
    puppet.act("a streams t 20", "a sync-context");
    assertThat(lab.trace().named("empty")).hasSize(1 + QUEUES + 20);
    puppet.end();
    assertThat(lab.queues(puppet.pid())).isEmpty();
  }

  @Test
  void programThatFindsNoSlotIsNotScheduled(Lab lab) throws PageException {
    var claims = new Claims(lab.page());
    lab.puppet(0).act("a device 0", "a launch default empty 1", "a sync default").end();
    for (int i = 0; i < PageLayout.SLOTS; i++) {
      claims.claim(new QueueClaim(Owner.self(), 0, Scope.THREAD, i, "taken", 0));
    }
    Puppet puppet = lab.puppet(0);
    puppet.act("a device 0", "a launch default empty 1", "b device 0", "b launch default empty 1");
    puppet.act("a sync default");
    assertThat(puppet.end().warnings())
        .singleElement()
        .asString()
        .contains("all 2048 queues of the control page are taken");
  }

  /** As a server does that answers each request at a priority. */
  @Test
  void priorityThatComesAndGoesTakesNoMemory(Lab lab) throws IOException {
    Puppet puppet = lab.puppet(4);
    puppet.act("serve device 0");
    answer(puppet, 20);
    long before = dataKilobytes(puppet);
    answer(puppet, REQUESTS);
    assertThat(dataKilobytes(puppet) - before).isLessThan(REQUESTS * LANE_KILOBYTES / 4);
    assertThat(lab.queues(puppet.pid())).hasSize(2);
  }

  /** Half a minute: then nobody is above the rest of the process any more. */
  @Test
  void aQueueThatNobodyComesBackToGoes(Lab lab) {
    Puppet puppet = lab.puppet(4).act("serve device 0");
    answer(puppet, 2);
    assertThat(lab.queues(puppet.pid())).hasSize(2);
    Waiting.until("one is gone", () -> lab.queues(puppet.pid()).size() == 1);
    assertThat(lab.queue(puppet.pid()).scope()).isEqualTo(Scope.PROCESS);
    Waiting.until("nobody is above", () -> lab.device(0).top() == 4);
    answer(puppet, 1);
    assertThat(lab.queues(puppet.pid())).hasSize(2);
  }

  private static void answer(Puppet puppet, int requests) {
    for (int i = 0; i < requests; i++) {
      puppet.act("serve priority 10", "serve launch default empty 1", "serve clear-priority");
      puppet.act("main device 0", "main launch default empty 1", "main sync default");
    }
  }

  @Test
  void threadsWithStreamsOfTheirOwnThatComeAndGoTakeNoMemory(Lab lab) throws IOException {
    Puppet puppet = lab.puppet(4);
    comeAndGo(puppet, "a", 20);
    long before = dataKilobytes(puppet);
    comeAndGo(puppet, "b", THREADS);
    assertThat(dataKilobytes(puppet) - before).isLessThan(THREADS * LANE_KILOBYTES / 2);
  }

  /**
   * One after the other: the driver's thread of a stream, which is named as the one that has begun
   * it, has its stack until it has ended.
   */
  private static void comeAndGo(Puppet puppet, String name, int threads) {
    for (int i = 0; i < threads; i++) {
      String thread = name + i;
      puppet.act(thread + " device 0", thread + " launch perthread empty 1");
      puppet.act(thread + " sync perthread", "main end " + thread);
      Waiting.until(thread + " ends", () -> puppet.program().threads(thread).isEmpty());
    }
  }

  private static long dataKilobytes(Puppet puppet) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc", puppet.pid() + "", "status"))) {
      return lines
          .filter(line -> line.startsWith("VmData:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    }
  }

  private static Running startOne(Lab lab, Random random) {
    String kernel = "--kernel=busy_" + (50 + random.nextInt(500)) + "us";
    String bind = "--bind=" + (random.nextBoolean() ? "dlsym" : "getproc");
    Lab.Starter starter =
        switch (random.nextInt(3)) {
          case 0 -> lab.program("loop", kernel, bind, "--sync=" + random.nextInt(32));
          case 1 -> lab.program("request", kernel, bind, "--requests=40", "--threads=2");
          default -> lab.program("both", bind, "--requests=5");
        };
    return starter
        .with("OVERTAKE_PRIORITY", random.nextInt(-20, 21))
        .with("OVERTAKE_SCOPE", new String[] {"process", "thread", "stream"}[random.nextInt(3)])
        .with("OVERTAKE_LEVEL", random.nextInt(3))
        .start();
  }

  /** What is alive at the end goes on; what is dead leaves nothing that anybody waits for. */
  @Test
  void processesThatAreKilledAtRandomHoldNobodyUp(Lab lab) {
    long seed = System.nanoTime();
    var random = new Random(seed);
    System.out.println("ManyTest: seed " + seed);
    lab.with("OVERTAKE_ESCAPE_MS", 100).with("OVERTAKE_LOG", "quiet");
    long end =
        System.nanoTime() + Duration.ofSeconds(Long.getLong("shim.chaos.seconds", 20)).toNanos();
    var started = new ArrayList<Running>();
    var alive = new ArrayList<Running>();
    for (int i = 0; i < PROCESSES && System.nanoTime() < end; i++) {
      Running one = startOne(lab, random);
      started.add(one);
      alive.add(one);
      if (alive.size() == AT_ONCE) {
        alive.remove(random.nextInt(AT_ONCE)).shoot();
      }
      LockSupport.parkNanos(Duration.ofMillis(random.nextInt(LIFE_MILLIS / AT_ONCE)).toNanos());
    }
    started.forEach(Running::kill); // One that was shot may not be dead yet.
    Puppet survivor = lab.puppet(PageLayout.MIN_PRIORITY);
    survivor.act("a device 0", "a launch default busy_100us 50", "a sync default");
    lookAfterTheDead(lab);
    assertThat(lab.page().slots().status())
        .allMatch(queue -> queue.owner().pid() == survivor.pid());
    lab.awaitOpenFloor(0);
    survivor.end();
    assertThat(lab.page().slots().status()).isEmpty();
  }

  /** As the daemon does. */
  private static void lookAfterTheDead(Lab lab) {
    var claims = new Claims(lab.page());
    for (SlotStatus queue : lab.page().slots().status()) {
      if (!queue.owner().alive()) {
        claims.reap(queue.slot(), queue.owner());
      }
    }
  }
}
