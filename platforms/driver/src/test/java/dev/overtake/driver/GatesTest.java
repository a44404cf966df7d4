package dev.overtake.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Calls that wait for the device, and gates, keep out of each other's way. */
class GatesTest {
  private final Gates gates = new Gates();
  private final List<String> log = new ArrayList<>();
  private final Gates.Gate gate = open -> log.add(open ? "open" : "shut");
  private final Gates.Gate other = open -> log.add(open ? "other open" : "other shut");

  @Test
  void aCallIsMadeAtOnceWhileNoGateIsShut() {
    gates.make(() -> log.add("call"));
    assertThat(gates.makeNow(() -> log.add("another"))).isTrue();
    assertThat(log).containsExactly("call", "another");
  }

  @Test
  void aCallWaitsUntilTheLastGateIsOpen() {
    gates.shut(gate);
    gates.shut(other);
    gates.make(() -> log.add("call"));
    assertThat(gates.makeNow(() -> log.add("never"))).isFalse();
    assertThat(gates.open(gate)).isFalse();
    gates.makeWaiting();
    assertThat(gates.open(other)).isTrue();
    gates.makeWaiting();
    assertThat(log).containsExactly("shut", "other shut", "open", "other open", "call");
    assertThat(gates.open(other)).as("nothing waits any more").isFalse();
  }

  @Test
  void aGateIsShutWhenTheCallHasReturned() {
    gates.make(
        () -> {
          gates.shut(gate);
          gates.shut(other);
          boolean _ = gates.open(other);
          log.add("returns");
        });
    assertThat(log).containsExactly("other open", "returns", "shut");
  }

  @Test
  void aCallThatFailsDoesNotKeepTheNextFromBeingMade() {
    gates.shut(gate);
    gates.make(
        () -> {
          throw new IllegalStateException("of a test");
        });
    gates.make(() -> log.add("next"));
    assertThat(gates.open(gate)).isTrue();
    gates.makeWaiting();
    gates.shut(gate);
    assertThat(log).containsExactly("shut", "open", "next", "shut");
  }
}
