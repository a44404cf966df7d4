package dev.overtake.shim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.overtake.control.page.Scope;
import dev.overtake.control.page.SlotStatus;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * However a program comes to the driver, and whatever stream it uses, its commands are scheduled.
 */
@ExtendWith(Labs.class)
class BindingTest {
  /** Elsewhere: by cuGetProcAddress, whose answers are not the symbols' addresses. */
  private static final String[] BINDINGS = {
    "direct", "dlsym", "getproc", "getproc-elsewhere", "getproc11", "getproc11-elsewhere"
  };

  private static final String[] STREAMS = {
    "default", "ptds", "legacy", "perthread", "blocking", "nonblocking", "priority"
  };

  static Stream<Arguments> bindingsAndStreams() {
    return Arrays.stream(BINDINGS)
        .flatMap(binding -> Arrays.stream(STREAMS).map(stream -> Arguments.of(binding, stream)));
  }

  private static Puppet puppet(Lab lab, String binding, String stream) {
    String program = binding.equals("direct") ? "puppet-direct" : "puppet";
    String way = binding.replace("-elsewhere", "");
    return lab.program(program, "--bind=" + way, "--stream=" + stream)
        .with("SIMCUDA_OWN_ADDRESSES", way.equals(binding) ? 0 : 1)
        .with("OVERTAKE_PRIORITY", 7)
        .startPuppet();
  }

  @ParameterizedTest
  @MethodSource("bindingsAndStreams")
  void isScheduled(String binding, String stream, Lab lab) {
    Puppet puppet = puppet(lab, binding, stream);
    puppet.act("a device 0", "a stream s " + stream + " -3", "a launch s busy_10us 20", "a sync s");
    SlotStatus queue = lab.awaitQueue(puppet.pid(), "idle", q -> !q.ready() && q.submitted() == 20);
    assertThat(queue.completed()).isEqualTo(20);
    assertThat(queue.scope()).isEqualTo(Scope.PROCESS);
    assertThat(queue.priority()).isEqualTo(7);
    assertThat(queue.name()).isEqualTo(binding.equals("direct") ? "puppet-direct" : "puppet");
    assertThat(puppet.program().warnings()).isEmpty();
    assertThat(lab.trace().kernels(puppet.pid())).hasSize(20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"direct", "dlsym", "getproc", "getproc-elsewhere"})
  void copiesAreCommandsToo(String binding, Lab lab) {
    Puppet puppet = puppet(lab, binding, "default");
    puppet.act("a device 0", "a memcpy", "a memcpy");
    SlotStatus queue = lab.awaitQueue(puppet.pid(), "idle", q -> !q.ready());
    assertThat(queue.submitted()).isEqualTo(2);
    assertThat(queue.completed()).isEqualTo(2);
  }

  /** CUDA 13.2 gave cuLaunchHostFunc a fourth parameter; what is to come may change anything. */
  @ParameterizedTest
  @CsvSource({"13000, 1", "13020, 1", "99000, 0"})
  void aNameMeansWhatItDoesInTheProgramsRelease(int version, int scheduled, Lab lab) {
    Puppet puppet =
        lab.program("puppet")
            .with("SIMCUDA_VERSION", 99000)
            .with("SIMCUDA_OWN_ADDRESSES", 1)
            .startPuppet();
    puppet.act("a device 0", "a launch default busy_10us 1", "a sync default");

    puppet.act("a host default " + version, "a sync default");

    SlotStatus queue = lab.awaitQueue(puppet.pid(), "idle", q -> !q.ready());
    assertThat(queue.submitted()).isEqualTo(1 + scheduled);
    assertThat(puppet.program().warnings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ptds", "perthread"})
  void defaultStreamsOfThreadsAreApart(String stream, Lab lab) {
    Puppet puppet = puppet(lab, "dlsym", stream);
    String name = stream.equals("ptds") ? "default" : "perthread";
    for (String thread : new String[] {"a", "b"}) {
      puppet.act(
          thread + " device 0",
          thread + " launch " + name + " busy_10us 5",
          thread + " sync " + name);
    }
    lab.awaitQueue(puppet.pid(), "idle", q -> !q.ready() && q.submitted() == 10);
    assertThat(
            lab.trace().kernels(puppet.pid()).stream().map(Trace.Work::stream).distinct().count())
        .isEqualTo(2);
  }

  @Test
  void nothingIsScheduledThatIsDisabled(Lab lab) {
    Puppet puppet = lab.program("puppet").with("OVERTAKE_DISABLE", 1).startPuppet();
    puppet.act("a device 0", "a launch default busy_10us 5", "a sync default");
    assertThat(puppet.ask("a active")).isZero();
    assertThat(lab.pageFile()).doesNotExist();
    assertThat(puppet.end().errors()).isEmpty();
  }
}
