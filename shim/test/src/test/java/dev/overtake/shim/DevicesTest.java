package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.DeviceStatus;
import dev.overtake.control.page.SlotStatus;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several devices: each has a floor of its own. */
@Tag("sanitized")
@ExtendWith(Labs.class)
class DevicesTest {
  @Test
  void highOnOneDeviceHoldsNobodyOnAnother(Lab lab) {
    lab.with("SIMCUDA_DEVICES", 2);
    Puppet high = GateTest.blocker(lab, 10);
    Puppet low = lab.puppet(0);
    low.act("a device 1", "a launch default busy_100us 20", "a sync default");
    low.act("b device 0");
    CompletableFuture<Integer> held = low.tell("b launch default empty 1");
    Waiting.until(
        "it is held on device 0",
        () -> lab.queues(low.pid()).stream().anyMatch(q -> q.device() == 0 && q.held()));
    low.act("a launch default busy_100us 20", "a sync default");
    assertThat(held).isNotDone();
    assertThat(lab.page().devices().status())
        .extracting(DeviceStatus::pciBusId)
        .containsExactly("0000:01:00.0", "0000:02:00.0");
    assertThat(lab.device(0).floor()).isEqualTo(10);
    assertThat(lab.device(1).floor()).isLessThanOrEqualTo(0);
    assertThat(lab.queues(low.pid())).extracting(SlotStatus::device).contains(0, 1);
    high.act("b unblock");
    assertThat(low.result("launch", held)).isZero();
  }

  @Test
  void oneThreadThatGoesFromDeviceToDeviceHasAQueueOnEach(Lab lab) {
    lab.with("SIMCUDA_DEVICES", 8);
    Puppet puppet = lab.puppet(1);
    for (int round = 0; round < 3; round++) {
      for (int device = 0; device < 8; device++) {
        puppet.act("a device " + device, "a launch default empty 1", "a sync default");
      }
    }
    assertThat(lab.queues(puppet.pid())).hasSize(8).allMatch(q -> q.submitted() == 3);
    puppet.end();
  }
}
