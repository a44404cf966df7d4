package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overtake.control.page.Scope;
import dev.overtake.control.page.SlotStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The front for HIP, on the simulated driver with HIP's face: what it does for a program is what
 * the front for CUDA does. Nothing here ran on AMD's hardware.
 */
@ExtendWith(Labs.class)
@Timeout(120)
class HipTest {
  private static final String[] STREAMS = {
    "default", "ptds", "perthread", "blocking", "nonblocking", "priority"
  };

  /**
   * Of the program hip, with each kind of default stream. Refused and captured ones do not count.
   */
  private static final int COMMANDS = 51;

  private static final int COMMANDS_PER_THREAD = 4;

  static Stream<Arguments> waysAndStreams() {
    return Stream.of("direct", "dlsym", "getproc")
        .flatMap(way -> Arrays.stream(STREAMS).map(stream -> Arguments.of(way, stream)));
  }

  /** A program of those that are built for either driver. */
  private static Lab.Starter onHip(Lab lab, String program, String way, String... options) {
    var all = Stream.concat(Stream.of("--bind=hip-" + way), Arrays.stream(options));
    return lab.program(
        way.equals("direct") ? program + "-hip" : program, all.toArray(String[]::new));
  }

  private static Lab.Starter puppet(Lab lab, int priority) {
    return onHip(lab, "puppet", "dlsym").with("OVERTAKE_PRIORITY", priority);
  }

  private static Running awaitEnd(Running program) {
    Waiting.until(
        "the program has done its work",
        () -> program.output().contains("end") || !program.isAlive());
    assertThat(program.output()).as(program.toString()).contains("end");
    return program;
  }

  @Tag("sanitized")
  @ParameterizedTest
  @CsvSource({"legacy, " + COMMANDS, "per-thread, " + COMMANDS_PER_THREAD})
  void programsComputeTheSameAndAreScheduled(String streams, int commands, Lab lab) {
    // Somebody below it: then the driver is asked often.
    puppet(lab, -5).startPuppet().act("a device 0", "a launch default empty 1", "a sync default");
    List<String> expected = awaitEnd(lab.program("hip", streams).withoutShim().start()).output();
    Running program = awaitEnd(lab.program("hip", streams).with("OVERTAKE_PRIORITY", 10).start());
    assertThat(program.output()).isEqualTo(expected);
    assertThat(program.errors()).isEmpty();
    lab.awaitQueue(
        program.pid(), "idle", q -> !q.ready() && q.submitted() == commands && q.priority() == 10);
  }

  @ParameterizedTest
  @MethodSource("waysAndStreams")
  void isScheduledHoweverItComesToTheFunctions(String way, String stream, Lab lab) {
    Puppet puppet =
        onHip(lab, "puppet", way, "--stream=" + stream).with("OVERTAKE_PRIORITY", 7).startPuppet();
    puppet.act("a device 0", "a stream s " + stream + " -3", "a launch s busy_10us 20", "a sync s");
    SlotStatus queue = lab.awaitQueue(puppet.pid(), "idle", q -> !q.ready() && q.submitted() == 20);
    assertThat(queue.completed()).isEqualTo(20);
    assertThat(queue.scope()).isEqualTo(Scope.PROCESS);
    assertThat(queue.priority()).isEqualTo(7);
    assertThat(puppet.program().warnings()).isEmpty();
    assertThat(lab.trace().kernels(puppet.pid())).hasSize(20);
  }

  /** As PyTorch for ROCm is linked: what stands in front of it has no versions. */
  @Test
  void programIsLinkedToVersionsOfItsSymbols() throws IOException {
    byte[] program = Files.readAllBytes(Lab.PROGRAMS.resolve("hip"));
    assertThat(new String(program, StandardCharsets.ISO_8859_1))
        .contains("libamdhip64.so.6", "hip_4.2", "hip_5.2", "hip_5.5");
  }

  @Tag("sanitized")
  @ParameterizedTest
  @CsvSource({"dlsym, default", "direct, default", "dlsym, nonblocking"})
  void highOvertakesLow(String way, String stream, Lab lab) {
    lab.with("OVERTAKE_THRESHOLD", 2).with("OVERTAKE_BATCH", 1);
    Puppet high =
        puppet(lab, 10)
            .with("OVERTAKE_LINGER_US", 100_000)
            .startPuppet()
            .act(
                "a device 0", "a launch default empty 1", "a sync default", "a kernel busy_2000us");
    Running low =
        onHip(lab, "loop", way, "--stream=" + stream, "--kernel=busy_1000us", "--sync=0").start();
    lab.awaitQueue(low.pid(), "is at its pace", q -> q.completed() > 8 && q.level() == 1);
    for (int i = 0; i < 3; i++) {
      long before = lab.queue(low.pid()).submitted();
      lab.awaitQueue(low.pid(), "goes on", q -> q.submitted() > before + 2);
      high.act("a launch default busy_2000us 8", "a sync default");
    }
    Trace trace = lab.trace();
    assertThat(trace.named("busy_2000us")).hasSize(3 * 8);
    // Half of what it lingers for.
    List<Trace.Work> served = Trace.unbroken(trace.named("busy_2000us"), 8, Duration.ofMillis(50));
    assertThat(Trace.intrusions(served, 8, trace.kernels(low.pid())))
        .isNotEmpty()
        .allMatch(count -> count <= 2);
    assertThat(low.warnings()).isEmpty();
  }

  /** A device is one whichever driver a process comes to it by. */
  @Test
  void highOfOneDriverHoldsLowOfTheOther(Lab lab) {
    Puppet high = GateTest.blocker(lab, 10);
    Puppet low = puppet(lab, 0).startPuppet().act("a device 0");
    var launch = low.tell("a launch default busy_100us 20");
    lab.awaitQueue(low.pid(), "held", SlotStatus::held);
    high.act("b unblock");
    assertThat(low.result("launch", launch)).isZero();
    low.act("a sync default");
    assertThat(lab.trace().kernels(low.pid())).hasSize(20);
  }

  @Test
  void levelOneIsWhatThereIs(Lab lab) {
    lab.with("OVERTAKE_LEVEL", 2).with("OVERTAKE_THRESHOLD", 2).with("OVERTAKE_BATCH", 1);
    puppet(lab, 10).startPuppet().act("a device 0", "a launch default empty 1", "a sync default");
    Puppet low = puppet(lab, 0).startPuppet();
    low.act("a device 0", "a launch default empty 20", "a sync default");
    assertThat(lab.queue(low.pid()).level()).isEqualTo(1);
    Waiting.until("it says so", () -> !low.program().warnings().isEmpty());
    assertThat(low.program().warnings())
        .singleElement()
        .asString()
        .contains("level 2 was asked for", "HIP", "level 1");
  }

  @Tag("sanitized")
  @ParameterizedTest
  @ValueSource(strings = {"global", "thread", "relaxed"})
  void captureIsLeftAloneAndTheGraphIsOneCommand(String mode, Lab lab) {
    puppet(lab, -5).startPuppet().act("a device 0", "a launch default empty 1", "a sync default");
    Puppet puppet = puppet(lab, 0).with("OVERTAKE_LINGER_US", 0).startPuppet();
    puppet.act("a device 0", "a stream s nonblocking 0", "b device 0", "b stream t nonblocking 0");
    for (int i = 0; i < 10; i++) {
      puppet.act("b launch t busy_200us 2", "a capture s " + mode, "a launch s empty 3");
      if (!mode.equals("global")) {
        puppet.act("b launch t busy_200us 2");
      }
      puppet.act("a launch s empty 2", "a end-capture s g" + i, "a launch-graph s g" + i);
      assertThat(puppet.ask("a nodes")).isEqualTo(5);
    }
    puppet.act("a sync s", "b sync t");
    int commands = mode.equals("global") ? 10 * 3 : 10 * 5;
    lab.awaitQueue(puppet.pid(), "idle", q -> !q.ready() && q.submitted() == commands);
  }

  @Tag("sanitized")
  @Test
  void eventsAndQueriesProveItIdle(Lab lab) {
    puppet(lab, -5).startPuppet().act("a device 0", "a launch default empty 1", "a sync default");
    Puppet puppet = puppet(lab, 0).with("OVERTAKE_LINGER_US", 0).startPuppet();
    puppet.act("a device 0", "a stream s nonblocking 0");
    puppet.act("a launch s busy_100us 5", "a record e s", "a sync-event e");
    lab.awaitQueue(puppet.pid(), "idle", q -> !q.ready() && q.completed() == 5);
    puppet.act("a launch s busy_100us 5", "a sync-context");
    lab.awaitQueue(puppet.pid(), "idle", q -> !q.ready() && q.completed() == 10);
    puppet.act("a launch s busy_100us 5"); // and nothing that tells
    lab.awaitQueue(puppet.pid(), "idle", q -> !q.ready() && q.completed() == 15);
  }

  @ParameterizedTest
  @ValueSource(strings = {"process", "thread", "stream"})
  void scopesAreAsForCuda(String scope, Lab lab) {
    Puppet puppet = puppet(lab, 1).with("OVERTAKE_SCOPE", scope).startPuppet();
    for (String thread : List.of("a", "b")) {
      String stream = "s" + thread;
      puppet.act(thread + " device 0", thread + " stream " + stream + " priority -3");
      puppet.act(thread + " launch " + stream + " empty 3", thread + " sync " + stream);
    }
    List<SlotStatus> queues = lab.queues(puppet.pid());
    assertThat(queues).hasSize(scope.equals("process") ? 1 : 2);
    // The simulated driver knows priorities down to -5; a queue of a stream is as urgent as that.
    assertThat(queues).allMatch(q -> q.priority() == (scope.equals("stream") ? 4 : 1));
  }

  /** Work goes to the stream's device, whichever is current. */
  @Tag("sanitized")
  @Test
  void queueIsOnTheDeviceOfItsStream(Lab lab) {
    lab.with("SIMCUDA_DEVICES", 2);
    Puppet puppet = puppet(lab, 3).startPuppet();
    puppet.act("a device 1", "a stream s nonblocking 0", "a kernel empty", "a device 0");
    puppet.act("a launch s empty 3", "a sync s");
    SlotStatus queue = lab.awaitQueue(puppet.pid(), "idle", q -> !q.ready() && q.completed() == 3);
    assertThat(lab.device(queue.device()).pciBusId()).startsWith("0000:02");
    assertThat(lab.trace().kernels(puppet.pid())).allMatch(work -> work.device() == 1);
  }

  @Tag("sanitized")
  @Test
  void devicesAreResetAndStreamsEnd(Lab lab) {
    Puppet puppet = puppet(lab, 0).startPuppet();
    for (int i = 0; i < 3; i++) {
      puppet.act("a device 0", "a stream s nonblocking 0", "a kernel empty");
      puppet.act("a launch s empty 4", "a launch default empty 1", "a destroy-stream s");
      puppet.act("a sync default", "a reset-device 0");
    }
    lab.awaitQueue(puppet.pid(), "idle", q -> !q.ready() && q.submitted() == 15);
    assertThat(puppet.end().errors()).isEmpty();
  }

  @Tag("sanitized")
  @Test
  void deviceThatIsLostHoldsNobody(Lab lab) {
    puppet(lab, -5).startPuppet().act("a device 0", "a launch default empty 1", "a sync default");
    Puppet puppet = puppet(lab, 5).with("SIMCUDA_LOST_AFTER", 6).startPuppet().act("a device 0");
    assertThat(puppet.ask("a launch default busy_100us 10")).isEqualTo(719); // the driver's answer
    assertThat(puppet.ask("a sync default")).isEqualTo(719);
    lab.awaitQueue(puppet.pid(), "idle", q -> !q.ready());
    lab.awaitOpenFloor(0);
    assertThat(puppet.end().errors()).isEmpty();
  }

  @Test
  void answersAboutSymbolsAreAsEver(Lab lab) {
    Puppet puppet = puppet(lab, 0).startPuppet();
    assertThat(puppet.ask("a look-up hipLaunchKernel")).isEqualTo(1);
    assertThat(puppet.ask("a look-up hipLaunchKernel_spt")).isEqualTo(1);
    assertThat(puppet.ask("a look-up hipInit")).isEqualTo(1);
    assertThat(puppet.ask("a dlerror")).isZero();
    assertThat(puppet.ask("a look-up hipModuleLaunchKernel_spt")).isZero(); // nobody has it
    assertThat(puppet.ask("a dlerror")).isEqualTo(1);
    assertThat(puppet.ask("a look-up hipMemcpy3D")).isZero(); // the bridge has not
    assertThat(puppet.ask("a dlerror")).isEqualTo(1);
  }

  @Test
  void machineWithoutHipIsAsItWas(Lab lab) {
    Puppet puppet = lab.program("puppet").withoutBridge().startPuppet();
    assumeTrue(puppet.ask("a look-up hipInit") == 0, "this machine has a HIP of ROCm 6");
    assertThat(puppet.ask("a look-up hipLaunchKernel")).isZero();
    puppet.act("a device 0", "a launch default empty 5", "a sync default");
    lab.awaitQueue(puppet.pid(), "idle", q -> !q.ready() && q.submitted() == 5);
    assertThat(puppet.end().errors()).isEmpty();
  }

  @Test
  void machineWithoutADeviceIsAsItWas(Lab lab) {
    Running program = lab.program("hip").with("SIMCUDA_DEVICES", 0).start();
    assertThat(program.exitStatus()).isEqualTo(77);
    assertThat(program.output()).containsExactly("hipErrorNoDevice");
    assertThat(program.errors()).isEmpty();
    assertThat(lab.pageFile()).doesNotExist();
  }

  @Test
  void cudaIsScheduledInAProgramThatOnlyLookedForHip(Lab lab) {
    Running program = lab.program("loop", "--look-for-hip").start();
    lab.awaitQueue(program.pid(), "launches", q -> q.submitted() > 0);
    assertThat(program.warnings()).isEmpty();
  }

  /** Of a program with both, the one that it used first; the other is left alone. */
  @ParameterizedTest
  @ValueSource(strings = {"hip", "cuda"})
  void oneOfTwoDriversIsScheduled(String first, Lab lab) {
    Running program = awaitEnd(lab.program("drivers", "--first=" + first).start());
    lab.awaitQueue(program.pid(), "idle", q -> !q.ready() && q.submitted() == 3);
    assertThat(lab.trace().kernels(program.pid())).hasSize(6);
    if (first.equals("hip")) {
      assertThat(program.warnings()).isEmpty();
    } else {
      Waiting.until("it says which", () -> !program.warnings().isEmpty());
      assertThat(program.warnings())
          .singleElement()
          .asString()
          .contains("CUDA as well, and first", "HIP work is not scheduled");
    }
  }

  /** Whatever the distribution's own library answers without a device of AMD's. */
  @Test
  void libraryOfTheDistributionAnswersAsEver(Lab lab) {
    Running without = onHip(lab, "loop", "dlsym").withoutBridge().withoutShim().start();
    assumeTrue(
        without.exitStatus() == 0 || without.errors().getLast().contains(": error "),
        "there is no HIP here: apt-get install libamdhip64-5");
    Running with = onHip(lab, "loop", "dlsym").withoutBridge().start();
    assertThat(with.exitStatus()).isEqualTo(without.exitStatus());
    assertThat(with.output()).isEqualTo(without.output());
    assertThat(with.errors()).isEqualTo(without.errors());
  }
}
