package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A driver that fails: a program sees what it would have seen without the shim. */
@Tag("sanitized")
@ExtendWith(Labs.class)
class DriverFaultTest {
  private static final List<String> SCRIPT =
      List.of(
          "a device 0",
          "a stream s nonblocking 0",
          "a launch default busy_100us 4",
          "a launch s busy_100us 4",
          "a launch-nothing",
          "a sync s",
          "a sync default",
          "a memcpy",
          "a launch s fault 1",
          // One of them may fail at once; by the other, the fault has come.
          "a sync s",
          "a sync-context",
          "a launch s busy_100us 4",
          "a query s",
          "a sync-context",
          "a memcpy");

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of("SIMCUDA_FAIL", "none:1"),
        Arguments.of("SIMCUDA_FAIL", "cuLaunchKernel:3:719"),
        Arguments.of("SIMCUDA_FAIL", "cuLaunchKernel:0:701"),
        Arguments.of("SIMCUDA_FAIL", "cuStreamSynchronize:1:700"),
        Arguments.of("SIMCUDA_FAIL", "cuStreamSynchronize:0:999"),
        Arguments.of("SIMCUDA_FAIL", "cuStreamQuery:0:999"),
        Arguments.of("SIMCUDA_FAIL", "cuCtxSynchronize:1:214"),
        Arguments.of("SIMCUDA_FAIL", "cuMemAlloc:1:2"),
        Arguments.of("SIMCUDA_FAIL", "cuMemcpyDtoH:1:700"),
        Arguments.of("SIMCUDA_FAIL", "cuStreamCreate:1:2"),
        Arguments.of("SIMCUDA_LOST_AFTER", "3"),
        Arguments.of("SIMCUDA_LOST_AFTER", "6"),
        Arguments.of("SIMCUDA_SLOW", "cuLaunchKernel:3000,cuStreamSynchronize:3000"));
  }

  private static List<Integer> results(Lab.Starter starter) {
    Puppet puppet = starter.startPuppet();
    var results = new ArrayList<Integer>();
    for (String line : SCRIPT) {
      results.add(puppet.ask(line));
    }
    assertThat(puppet.end().errors()).isEmpty();
    return results;
  }

  @ParameterizedTest
  @MethodSource("faults")
  void programSeesWhatItWouldHaveSeen(String variable, String fault, Lab lab) {
    lab.with("OVERTAKE_THRESHOLD", 2).with("OVERTAKE_BATCH", 1);
    List<Integer> without = results(lab.program("puppet").withoutShim().with(variable, fault));
    // Another one above it, so that it is bounded and marked.
    lab.puppet(10).act("a device 0", "a launch default empty 1", "a sync default");
    assertThat(results(lab.program("puppet").with(variable, fault))).isEqualTo(without);
    // And one below it, so that it is asked about.
    lab.puppet(-10).act("a device 0", "a launch default empty 1", "a sync default");
    assertThat(results(lab.program("puppet").with(variable, fault))).isEqualTo(without);
  }

  /** What the program does not use itself may fail without the program knowing. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "cuStreamBatchMemOp:0:801",
        "cuStreamBatchMemOp:3:801",
        "cuMemHostRegister:0:2",
        "cuMemHostRegister:2:2",
        "cuMemHostGetDevicePointer:0:1",
        "cuDeviceGetUuid:0:999",
        "cuCtxGetDevice:0:999",
        "cuEventCreate:0:2,cuStreamBatchMemOp:0:801",
        "cuThreadExchangeStreamCaptureMode:0:999",
        "cuStreamGetPriority:0:400",
      })
  void callsOfTheShimFailAlone(String fault, Lab lab) {
    lab.puppet(10).act("a device 0", "a launch default empty 1", "a sync default");
    Puppet low =
        lab.program("puppet")
            .with("OVERTAKE_SCOPE", fault.contains("Priority") ? "stream" : "process")
            .with("SIMCUDA_FAIL", fault)
            .startPuppet();
    low.act("a device 0", "a stream s priority -2");
    low.act("a launch default busy_100us 60", "a launch s busy_100us 60", "a sync-context");
    assertThat(lab.trace().named("busy_100us")).hasSize(120);
    assertThat(low.end().warnings()).hasSizeLessThanOrEqualTo(2);
  }
}
