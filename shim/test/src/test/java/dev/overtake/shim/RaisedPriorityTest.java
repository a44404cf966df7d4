package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.QueueHints;
import dev.overtake.control.page.SlotStatus;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A wait in a stream keeps the priority that it was placed at: a queue whose priority is raised
 * meanwhile must not hold up its own work.
 */
@ExtendWith(Labs.class)
class RaisedPriorityTest {
  private static final int KERNELS = 20;

  /** Has launched its kernels, with a wait before each, and begins none before it is unblocked. */
  private static Puppet busy(Lab lab) {
    StalledWork.bystander(StalledWork.prepare(lab), 20);
    Puppet low = lab.puppet(-10);
    low.act("a device 0", "a block default", "a launch default busy_2000us " + KERNELS);
    assertThat(lab.queue(low.pid()).ready()).isTrue();
    return low;
  }

  private static void raise(Lab lab, Puppet puppet, String by, int priority) {
    if (by.equals("program")) {
      puppet.act("b process-priority " + priority);
    } else {
      lab.controls().hint(lab.queue(puppet.pid()).slot(), QueueHints.priority(priority));
    }
  }

  /** Above all others, and still below somebody who is idle. */
  @ParameterizedTest
  @ValueSource(strings = {"program 50", "page 50", "program 0", "page 0"})
  void workInFlightEnds(String change, Lab lab) {
    Puppet low = busy(lab);
    String[] words = change.split(" ", -1);
    raise(lab, low, words[0], Integer.parseInt(words[1]));
    low.act("b unblock", "a sync default");
    assertThat(lab.trace().kernels(low.pid())).hasSize(KERNELS);
  }

  /** A program that is always ahead of the device: there is no moment when nothing stands. */
  @Test
  void commandsGoOneByOneOnlyUntilFormerWaitsArePassed(Lab lab) {
    StalledWork.bystander(StalledWork.prepare(lab).with("SIMCUDA_QUEUE_DEPTH", 64), 20);
    Puppet raised = lab.puppet(-10).act("a device 0");
    var launches = raised.tell("a launch default busy_1000us 60000");
    lab.awaitQueue(raised.pid(), "is ahead", q -> q.level() == 2 && q.inFlight() > 8);
    raise(lab, raised, "page", 0);

    var looks = new AtomicInteger();
    Waiting.until(
        "a thousand looks in a row find nothing let through one by one",
        () -> {
          looks.set(lab.device(0).escaping() == 0 ? looks.get() + 1 : 0);
          return looks.get() == 1_000;
        });
    assertThat(launches).isNotDone();
  }

  @Test
  void laterWorkHoldsThoseBelow(Lab lab) {
    Puppet raised = busy(lab);
    raise(lab, raised, "page", 50);
    raised.act("b unblock", "a sync default");
    // Until it is idle it may still be one that steps aside.
    lab.awaitQueue(raised.pid(), "idle", q -> !q.ready());
    raised.act("a block default");
    Puppet low = lab.puppet(0).act("a device 0");
    var launch = low.tell("a launch default empty 1");
    lab.awaitQueue(low.pid(), "held", SlotStatus::held);
    assertThat(lab.device(0).floor()).isEqualTo(50);
    raised.act("b unblock");
    assertThat(low.result("launch", launch)).isZero();
  }
}
